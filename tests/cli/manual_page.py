"""manual_page.py PAGE PROGRAM ANSWERS: whether a manual page (mdoc) has all that the program says of itself, once and
whole. ANSWERS is a file that keeps what the program said, for the next page.

Says what is wrong, a line each, and fails if anything is.
"""
import json, os, re, subprocess, sys

page, program, answers_file = sys.argv[1:]
wrong = []
answers = json.load(open(answers_file)) if os.path.exists(answers_file) else {}


def ask(*words):
    line = " ".join(words)
    if line not in answers:
        answers[line] = subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout
    return answers[line]


def plain(text):
    """mdoc as the text that --help has, without markup."""
    for escape, meaning in (("\\fB", "`"), ("\\fR", "`"), ("\\(dq", '"'), ("\\(ti", "~"), ("\\(ha", "^"),
                            ("\\(aq", "'"), ("\\-", "-"), ("\\&", ""), ("\\%", ""), ("\\e", "\\")):
        text = text.replace(escape, meaning)
    return text


def words(text):
    return " ".join(text.split())


def compare(what, here, there):
    if here != there:
        wrong.append(f"{what}: the manual has\n  {here!r}\n--help has\n  {there!r}")


def once(what, names):
    for name in sorted({name for name in names if names.count(name) > 1}):
        wrong.append(f"{what}: {name} is there {names.count(name)} times")


# ---- the page ----

def items(lines):
    """The items of lists: (what follows .It, text)."""
    found = []
    for line in lines:
        if line.startswith(".It "):
            found.append([line[4:], []])
        elif line.startswith((".El", ".Bl", ".Ss", ".Sh", ".Pp")) and found:
            found[-1].append(None) if len(found[-1]) == 2 else None
        elif found and len(found[-1]) == 2:
            found[-1][1].append(line)
    return [(item[0], words(plain(" ".join(item[1])))) for item in found]


def option_name(head):
    match = re.search(r"Fl -([a-z0-9-]+)", head)
    return match and "--" + match.group(1)


def options_of(lines):
    """{--name: (letter, value, help)}, and the names as they stand."""
    found, names = {}, []
    for head, text in items(lines):
        name = option_name(head)
        if not name:
            continue
        letter = re.match(r"Fl (\S) ,", head)
        value = re.search(r'Ar "([^"]*)"', head)
        names.append(name)
        found[name] = (letter and "-" + letter.group(1), value and plain(value.group(1)), text)
    return found, names


def sections(lines, macro):
    """[(title, lines)] by .Sh or .Ss."""
    found = []
    for line in lines:
        if line.startswith(macro + " "):
            found.append((line[len(macro) + 1:], []))
        elif found:
            found[-1][1].append(line)
    return found


def display(lines):
    text = "\n".join(lines)
    match = re.search(r"^\.Bd -literal[^\n]*\n(.*?)\n\.Ed$", text, re.M | re.S)
    return plain(match.group(1)) if match else ""


def paragraphs(lines):
    """The text between the usage and the options or the example."""
    text = "\n".join(lines)
    text = text.split("\n.Ed\n", 1)[1] if "\n.Ed\n" in text else text
    text = re.split(r"^\.(?:Bl|Sx|Bd)\b", text, maxsplit=1, flags=re.M)[0]
    return [words(plain(part)) for part in text.split(".Pp\n") if part.strip()]


text = open(page).read()
parts = sections(text.split("\n"), ".Sh")
once("the page", [title for title, _ in parts])
by_title = dict(parts)
described = sections(by_title.get("COMMANDS", []), ".Ss")
once("commands", [title for title, _ in described])
shared = sections(by_title.get("OPTIONS OF SEVERAL COMMANDS", []), ".Ss")
once("shared options", [title for title, _ in shared])
shared = {title: options_of(lines) for title, lines in shared}
for title, (_, names) in shared.items():
    once(title, names)


# ---- the program ----

def help_options(lines):
    """{title: {--name: (letter, value, help)}} of --help; the title of those that have none is None."""
    found, title, last = {}, None, None
    for line in lines:
        heading = re.match(r"(Options.*):$", line)
        option = re.match(r"  (?:(-.), |    )(--[a-z0-9-]+)(?: (\S+))?(?:  +(.*))?$", line)
        if heading:
            title = None if heading.group(1) == "Options" else heading.group(1)
        elif option:
            last = [option.group(1), option.group(3), [option.group(4) or ""]]
            found.setdefault(title, {})[option.group(2)] = last
        elif line.startswith("      ") and last:
            last[2].append(line)
        else:
            break
    if None in found:
        found[None].pop("--help", None)
    return {title: {name: (letter, value, words(" ".join(text))) for name, (letter, value, text) in options.items()}
            for title, options in found.items()}


def unmarked(value):
    return words(value.replace("`", ""))


def check_command(name, lines, is_group):
    shown = ask(*name.split(), "--help")
    head, usage = shown.split("\n\nUsage: ", 1)
    usage, rest = usage.split("\n\n", 1)
    rest, example = rest.rsplit("\nExample:\n", 1)
    blocks = rest.split("\n\n")
    listed = [line for block in blocks if block.startswith("Options") for line in block.split("\n")]
    details = [words(block) for block in blocks if not block.startswith(("Options", "Commands")) and block.strip()]
    said = paragraphs(lines)
    compare(f"summary of {name}", said[0] if said else "", words(head.split(" -", 1)[1]))
    if not is_group:
        compare(f"details of {name}", said[1:1 + len(details)], details)
        line = " ".join(line for line in lines[:4] if line.startswith(".Ic"))
        for word in re.sub(r"^scalestudy \S+|\[OPTION\.\.\.\]", "", usage).split():
            if word not in line:
                wrong.append(f"usage of {name}: no {word}")
    for said_one in said[1:]:
        if not re.search(r"[.:)`]$", said_one):
            wrong.append(f"{name} is cut off: {said_one[-60:]}")
    compare(f"example of {name}", display(lines), re.sub(r"^  ", "", example.rstrip("\n"), flags=re.M))
    theirs = help_options(listed)
    ours, names = options_of(lines)
    once(name, names)
    own = theirs.pop(None, {})
    for option in [*own, *(option for option in ours if option not in own)]:
        compare(f"{name} {option}", ours.get(option), own.get(option))
    references = re.findall(r"^\.Sx (.*) :\n((?:\.Fl -\S+ [,.]\n?)+)", "\n".join(lines), re.M)
    compare(f"shared options of {name}", {title: re.findall(r"Fl -(\S+)", text) for title, text in references},
            {title: [option[2:] for option in options] for title, options in theirs.items()})
    for title, options in theirs.items():
        for option, meaning in options.items():
            compare(f"{title}, {option} of {name}", shared.get(title, ({}, []))[0].get(option), meaning)
            used.add((title, option))


used = set()
top = ask("--help")
commands = re.findall(r"^  ([a-z]+)  +(.+)$", top, re.M)
commands = [(name, summary) for name, summary in commands if name != "scalestudy"]
listed = [(re.match(r'Ic "(.*)"', head).group(1), text)
          for head, text in items("\n".join(by_title.get("COMMANDS", [])).split("\n.Ss ")[0].split("\n"))]
compare("the list of commands", listed, [(name, words(summary)) for name, summary in commands])
wanted = []
for name, _ in commands:
    subcommands = re.search(r"^Commands:\n((?:[a-z]+ +.*\n)+)", ask(name, "--help"), re.M)
    below = re.findall(r"^([a-z]+) +(.*)$", subcommands.group(1), re.M) if subcommands else []
    wanted.append((name, bool(below)))
    wanted += [(f"{name} {one}", False) for one, _ in below]
    if below:
        lines = dict(described).get(name, [])
        compare(f"commands of {name}", [(re.match(r'Ic "(.*)"', head).group(1), text) for head, text in items(lines)],
                [(one, words(summary)) for one, summary in below])
compare("the sections of commands", [title for title, _ in described], [name for name, _ in wanted])
for name, is_group in wanted:
    check_command(name, dict(described).get(name, []), is_group)
for title, (options, _) in shared.items():
    for option in options:
        if (title, option) not in used:
            wrong.append(f"{title}: no command has {option}")


# ---- lists ----

def check_list(what, lines, wanted):
    ours = [(plain(re.match(r'Li "(.*)"', head).group(1)), text) for head, text in items(lines)
            if head.startswith("Li ")]
    once(what, [name for name, _ in ours])
    compare(what, [name for name, _ in ours], [name for name, _ in wanted])
    for (_, text), (name, meaning) in zip(ours, wanted):
        if words(meaning.replace("`", "")) not in text.replace("`", ""):
            wrong.append(f"{what}: {name} is\n  {text!r}, not\n  {meaning!r}")


def rows(key, *command):
    return [(row[key], row.get("summary") or row.get("help") or "") for row in
            json.loads(ask(*command, "--format", "json"))]


names = dict(sections(by_title.get("MODELS, METHODS AND DATASETS", []), ".Ss"))
check_list("keys of a study", by_title.get("STUDY FILE", []), rows("key", "study", "keys"))
check_list("models", names.get("Models", []), rows("model", "models"))
check_list("datasets", names.get("Datasets", []), rows("name", "data", "list"))
check_list("tables", names.get("Tables", []), rows("name", "table"))
check_list("figures", names.get("Figures", []), rows("name", "plot"))

json.dump(answers, open(answers_file, "w"))
for message in wrong:
    print(message)
sys.exit(bool(wrong))
