# C without comments and without what stands between quotes, as file:line:text. #include lines stay as they are.
FNR == 1 { in_comment = 0 }
!in_comment && /^[ \t]*#[ \t]*include/ { sub(/[ \t]*\/[*\/].*/, ""); print FILENAME ":" FNR ":" $0; next }
{
    out = ""
    n = length($0)
    for (i = 1; i <= n; i++) {
        two = substr($0, i, 2)
        one = substr(two, 1, 1)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i++ }
        } else if (two == "/*") {
            in_comment = 1
            i++
        } else if (two == "//") {
            break
        } else if (one == "\"" || one == "'") {
            for (i++; i <= n && (c = substr($0, i, 1)) != one; i++)
                if (c == "\\") i++
            out = out one one
        } else {
            out = out one
        }
    }
    print FILENAME ":" FNR ":" out
}
