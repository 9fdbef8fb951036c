"""Text as man(7) macros: what the commands say of themselves, and the Markdown of docs.

Of Markdown it knows what docs use: headings, paragraphs, lists, tables, fenced and indented text, and within a line code,
emphasis and links.
"""
import re
import textwrap

WIDTH = 78
"""Bytes of a line of text in a page."""
PAGES = {"settings.md": "`gatelog.yaml`(5)", "expressions.md": "`gatelog-expressions`(7)", "daemon.md": "`gatelogd`(8)",
         "ipmon.md": "`ipmon`(8)"}
"""Documents that are pages of the manual too; the others are installed as they are."""

PLAIN = [("\\", r"\[rs]"), ("-", r"\-"), ("'", r"\[aq]"), ("~", r"\[ti]"), ("^", r"\[ha]"), ("`", r"\[ga]"),
         ("\u2026", "..."), ("\u00d7", "x")]
"""Signs that troff would turn into others."""


def escape(text):
    """Text that troff prints as it stands."""
    for plain, spelled in PLAIN:
        text = text.replace(plain, spelled)
    return r"\&" + text if text.startswith(".") else text


def bold(text):
    return r"\fB" + escape(text) + r"\fR"


def italic(text):
    return r"\fI" + escape(text) + r"\fR"


def heading(title):
    """A section's head."""
    return f'.SH "{escape(title.upper())}"'


def example(lines):
    """Lines as they stand."""
    return [".RS 4", ".nf", *(escape(line) for line in lines), ".fi", ".RE"]


def sections(markdown):
    """A document as sections: (title or "", lines of macros). Its first heading is the document's own and goes."""
    found, body, title = [], [], ""
    for kind, content in blocks(markdown):
        if kind == "heading" and content[0] <= 2:
            if body:
                found.append((title, tidy(body)))
            title, body = ("" if content[0] == 1 else content[1]), []
        elif kind == "heading":
            body.append(f'.SS "{escape(content[1])}"')
        else:
            body += macros(kind, content)
    return found + ([(title, tidy(body))] if body else [])


def tidy(body):
    """Without a paragraph's sign where nothing is to be set apart: behind a heading, before one, before another sign."""
    def stands_alone(index):
        before, after = body[index - 1] if index else ".SH", body[index + 1] if index + 1 < len(body) else ".SH"
        return not before.startswith((".SS", ".SH")) and not after.startswith((".SS", ".SH", ".PP", ".TP", ".IP", ".RS"))

    return [line for index, line in enumerate(body) if line != ".PP" or stands_alone(index)]


def wrapped(lines):
    """The lines of a page, none longer than mandoc wants them, but for what is shown as it stands."""
    done, filled = [], True
    for line in lines:
        filled = {".nf": False, ".Bd": False, ".fi": True, ".Ed": True}.get(line[:3], filled)
        # A term is what stands on the one line behind its sign.
        if not filled or line.startswith(".") or len(line) <= WIDTH or done[-1:] == [".TP"]:
            done.append(line)
            continue
        for part in textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False):
            done.append(r"\&" + part if part.startswith((".", "'")) else part)
    return done


def blocks(markdown):
    """The parts of a text, each with its kind: heading, code, table, item, paragraph."""
    lines = re.sub(r"<!--.*?-->", "", markdown, flags=re.S).splitlines()
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.startswith("```"):
            end = next(at for at in range(index + 1, len(lines)) if lines[at].startswith("```"))
            yield "code", lines[index + 1:end]
            index = end + 1
        elif line.startswith("    "):
            end = index
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            yield "code", [text[4:] for text in "\n".join(lines[index:end]).rstrip().split("\n")]
            index = end
        elif found := re.match(r"(#+) (.*)", line):
            yield "heading", (len(found[1]), found[2].replace("`", ""))
            index += 1
        elif line.startswith("|"):
            end = index
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            yield "table", [cells(row) for row in lines[index:end]]
            index = end
        elif found := re.match(r"(-|\d+\.) +", line):
            end = index + 1
            while end < len(lines) and lines[end].startswith("  ") and lines[end].strip():
                end += 1
            yield "item", (found[1], " ".join([line[found.end():], *(text.strip() for text in lines[index + 1:end])]))
            index = end
        elif line.strip():
            end = index
            while end < len(lines) and lines[end].strip() and not re.match(r"```|\||#|- |\d+\. ", lines[end]):
                end += 1
            end = max(end, index + 1)
            yield "paragraph", " ".join(text.strip() for text in lines[index:end])
            index = end
        else:
            index += 1


def cells(row):
    """The cells of a table's row; a bar behind a backslash is a sign like others."""
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]


def macros(kind, content):
    if kind == "code":
        return example(content)
    if kind == "paragraph":
        return [".PP", inline(content)]
    if kind == "item":
        mark, text = content
        return [f'.IP {"*" if mark == "-" else mark} 4', inline(text)]
    return table(content)


def table(rows):
    """A table as a list: its first column is the term, the others are told by their heads. Terminals are too narrow for
    the tables of docs."""
    names, _, *body = rows
    lines = []
    for first, *others in body:
        lines += [".TP", inline(first, strong=True)]
        told = [(name, cell) for name, cell in zip(names[1:], others) if cell]
        if not told:
            lines.append(r"\&")
        elif len(told) == 1 or not names[1]:
            lines.append(inline("; ".join(cell for _, cell in told)))
        else:
            for number, (name, cell) in enumerate(told):
                lines += ([".br"] if number else []) + [inline(f"{name}: {cell}")]
    return lines + [".PP"] if lines else []


def link(words, target):
    """What a link says where nobody can follow it: a document's page or path, else its words."""
    file = target.partition("#")[0].rpartition("/")[2]
    if words.rpartition("/")[2] != file:
        return words
    return PAGES.get(file, f"`/usr/share/doc/gatelog/{file}`")


def inline(text, strong=False):
    """Code and what is strong in bold, emphasis in italics; of a link its words."""
    pieces = re.split(r"(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)]+\))", text)
    line = ""
    for piece in pieces:
        if len(piece) > 2 and piece.startswith("`") and piece.endswith("`"):
            line += bold(piece[1:-1])
        elif piece.startswith("**") and len(piece) > 4:
            line += bold(piece[2:-2])
        elif len(piece) > 2 and piece.startswith("*") and piece.endswith("*"):
            line += italic(piece[1:-1])
        elif found := re.fullmatch(r"\[([^\]]+)\]\(([^)]+)\)", piece):
            line += inline(link(found[1], found[2]))
        elif piece:
            line += bold(piece) if strong else escape(piece).removeprefix(r"\&") if line else escape(piece)
    return r"\&" + line if line.startswith((".", "'")) else line
