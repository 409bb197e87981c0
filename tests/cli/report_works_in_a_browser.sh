# In a browser the report sorts, filters and shows curves, is dark where that is asked for, fits a telephone, and the
# console stays empty.
. "$(dirname "$0")/common.bash"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ] || ! command -v gnuplot >/dev/null; then
    echo "needs a browser (Debian: chromium) and gnuplot"
    exit 77
fi
study tiny.yaml 2 '[0, 1]'
expect 0 run tiny.yaml
expect 0 report tiny.yaml -o r.html

# with SCRIPT FILE: the report with a script of ours at its end.
with() {
    { sed '/<\/body>/,$d' r.html && echo "<script>$1</script></body></html>"; } >"$2"
}
# browse FILE OPTION...: the page after its scripts ran, on standard output.
browse() {
    local page=$1
    shift
    timeout 100 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --hide-scrollbars \
        --user-data-dir="$PWD/profile" --enable-logging=stderr --virtual-time-budget=3000 "$@" --dump-dom \
        "file://$PWD/$page" 2>>console
}

with '
const $ = s => [...document.querySelectorAll(s)];
const say = (name, value) => { const p = document.createElement("p"); p.className = "told"; p.textContent = name + "=" + value; document.body.append(p); };
const shown = () => $("#job-table tbody tr").filter(r => !r.hidden);
const seeds = () => shown().map(r => r.cells[6].textContent).join("");
const head = $("#job-table th");
head[6].querySelector("button").click(); say("up", seeds() + head[6].getAttribute("aria-sort"));
head[6].querySelector("button").click(); say("down", seeds() + head[6].getAttribute("aria-sort"));
head[5].querySelector("button").click();
say("flops", shown().map(r => Number(r.cells[5].textContent.replace(/,/g, ""))).every((v, i, a) => !i || a[i - 1] <= v));
const words = document.getElementById("filter-text");
words.value = "WIDTH w=2"; words.dispatchEvent(new Event("input")); say("filtered", shown().length);
say("counted", document.getElementById("job-count").textContent);
words.value = ""; words.dispatchEvent(new Event("input"));
const select = $(".filters select")[1];
select.value = "baseline"; select.dispatchEvent(new Event("change")); say("selected", shown().length);
const button = shown()[0].querySelector(".more button"); button.click();
say("curves", $(".curves svg[role=img]").length + button.getAttribute("aria-expanded") + $(".curves polyline").length);
button.click(); say("closed", $(".curves").length);
say("dark", getComputedStyle(document.body).backgroundColor + getComputedStyle($("figure svg rect")[0]).fill);
document.getElementById("theme").click();
say("other", getComputedStyle(document.body).backgroundColor + getComputedStyle($("figure svg rect")[0]).fill);
say("figures", $("figure svg[role=img][aria-label]").length > 0);
' t.html
browse t.html --blink-settings=preferredColorScheme=0 >dom
told() {
    grep -qF "<p class=\"told\">$1</p>" dom || fail "not $1, but: $(grep 'class="told"' dom)"
}
told "up=0011ascending"
told "down=1100descending"
told "flops=true"
told "filtered=2"
told "counted=2 of 4 rows"
told "selected=2"
told "curves=2true4"
told "closed=0"
told "dark=rgb(20, 24, 29)rgb(20, 24, 29)"
told "other=rgb(255, 255, 255)rgb(255, 255, 255)"
told "figures=true"

with 'addEventListener("load", () => parent.postMessage("width " + innerWidth + ", page " +
    document.documentElement.scrollWidth, "*"));' narrow.html
cat >frame.html <<'END'
<!DOCTYPE html><p>nothing</p><script>addEventListener("message", e => { document.querySelector("p").textContent = e.data; });</script>
<iframe src="narrow.html" width="380" height="800" style="border:0"></iframe>
END
browse frame.html >dom
grep -q '<p>width 380, page 380</p>' dom || fail "the page is wider than a telephone: $(grep '<p>' dom)"
grep -E ':CONSOLE|Uncaught|Refused to' console && fail "the console has errors"
true
