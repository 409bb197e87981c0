# Killed with kill -9 at random moments, a study ends as if nobody had disturbed it. `make test-kills` kills more.
set -eu
bash "$(dirname "${BASH_SOURCE[0]}")/../faults/kills.sh" 5 $$ 6 2>&1
