# file:line:#include ... in, violations of the rules out.
function folder(path) { return sub(/\/[^\/]*$/, "", path) ? path : "." }
function is_file(path,    line, there) {
    if (!(path in known)) {
        there = (getline line < path) >= 0
        close(path)
        known[path] = there
    }
    return known[path]
}
# a/b/../c to a/c.
function tidy(path) {
    while (sub(/[^\/.]+\/\.\.\//, "", path)) {}
    gsub(/\.\//, "", path)
    return path
}
BEGIN {
    while ((getline line < rules) > 0) {
        sub(/[ \t]*#.*/, "", line)
        n = split(line, word, " ")
        if (n == 0) continue
        if (word[1] == "library") { # library HEADER FILE...
            libraries[word[2]] = 1
            for (i = 3; i <= n; i++) library[word[2], word[i]] = 1
        } else { # room: what it may see besides itself
            sub(/:$/, "", word[1])
            rooms[word[1]] = 1
            for (i = 2; i <= n; i++) may[word[1], word[i]] = 1
        }
    }
    if (length(rules) == 0) { print "no rules"; exit 1 }
}
{
    split($0, part, ":")
    file = part[1]; place = file ":" part[2]; room = folder(file)
    if (!(room in rooms)) { print place ": the folder " room " is not in " rules; next }
}
/include[ ]*</ {
    header = $0; sub(/^[^<]*</, "", header); sub(/>.*/, "", header)
    if (header in libraries && !((header, file) in library) && !((header, room) in library))
        print place ": <" header "> is kept behind one seam; only the files that " rules " names include it"
    next
}
/include[ ]*"/ {
    name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
    target = tidy(room "/" name)
    if (!is_file(target)) target = name
    if (target ~ /^gen\//) next # made by the Makefile
    if (!is_file(target)) { print place ": there is no " name " beside it or below the root"; next }
    to = folder(target)
    if (to == room) next
    if (target ~ /_private\.h$/) { print place ": " target " is for " to " alone"; next }
    if ((room, to) in may || (room, target) in may) next
    print place ": " room " may not include " target "; " rules " says what it may"
}
