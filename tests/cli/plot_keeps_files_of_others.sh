# A figure's script and data replace no file of the user, and figures of other kinds keep their own scripts.
. "$(dirname "$0")/common.bash"
command -v gnuplot >/dev/null || { echo "needs gnuplot (Debian: gnuplot-nox)"; exit 77; }
echo "my measurements" >birds.dat
echo "my script" >birds.gp
expect 0 plot fig1 -o birds.svg
expect 0 plot fig2 -o birds.png
[ "$(cat birds.dat birds.gp)" = "my measurements
my script" ] || fail "files of the user's were replaced"
grep -q "'birds.svg'" birds.svg.gp || fail "the script of birds.svg is of another figure"
grep -q "'birds.png'" birds.png.gp || fail "the script of birds.png is of another figure"
expect 0 plot fig1 -o birds.svg # what is ours is replaced

for kind in gp dat; do
    echo "my own" >own.svg.$kind
    expect 2 plot fig1 -o own.svg
    said "own.svg.$kind is in the way of the figure's"
    [ "$(cat own.svg.$kind)" = "my own" ] && ! [ -e own.svg ] || fail "own.svg.$kind was replaced, or own.svg drawn"
    [ "$(echo own.*)" = own.svg.$kind ] || fail "a file of a figure that is not drawn is left: $(echo own.*)"
    rm own.svg.$kind
done

# The figure itself goes where its name leads.
mkdir place
echo old >place/real.svg
chmod 640 place/real.svg
ln -s place/real.svg link.svg
expect 0 plot fig1 -o link.svg
[ -L link.svg ] && grep -q '</svg>' place/real.svg && [ "$(stat -c %a place/real.svg)" = 640 ] ||
    fail "the link's target is not the figure with its old mode"
mkfifo pipe.svg
cat pipe.svg >piped.svg &
expect 0 plot fig1 -o pipe.svg
wait $!
[ -p pipe.svg ] && cmp piped.svg place/real.svg || fail "the figure did not come through the pipe"
