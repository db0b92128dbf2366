"""Words that our code does not use: threads, clocks and chance outside the seams; system(); unfinished business.
And TRY only as a whole statement or a whole initialiser, one a line."""

import functools
import re
import sys

import house

SEAMS = ("wiper/linux/", "wiper/sim/")

# Pattern, what it is, the folders where it is at home.
FORBIDDEN = [
    (r"\bstd::(jthread|thread|async|promise|(packaged_)?task|future|latch|barrier|stop_(token|source))\b", "a thread", SEAMS),
    (r"\bstd::(condition_variable(_any)?|counting_semaphore|binary_semaphore)\b", "waiting", SEAMS),
    (r"#\s*include\s*<(thread|future|condition_variable|semaphore|latch|barrier|stop_token|pthread\.h)>", "a thread", SEAMS),
    (r"\bpthread_\w+|\bclone\s*\(|\bstd::this_thread\b", "a thread", SEAMS),
    (r"\b(steady|system|high_resolution|utc|file)_clock\b|\bclock_gettime\b|\bgettimeofday\b", "a clock", SEAMS),
    (r"\b(std::)?time\s*\(\s*(nullptr|NULL|0|&)|\bstd::clock\b|\blocaltime", "a clock", SEAMS),
    (r"\bsleep_(for|until)\b|\b(u|nano)sleep\s*\(|(?<![\w.>:])sleep\s*\(|\bclock_nanosleep\b", "a sleep", SEAMS + ("wiper/base/executor.h",)),
    (r"\bstd::random_device\b|\bgetrandom\b|\bgetentropy\b|\barc4random|\bstd::s?rand\b", "chance that no seed replays", SEAMS),
    (r"\bstd::(uniform_\w+|normal_|bernoulli_|discrete_)\w*distribution\b", "a distribution that differs between libraries", ()),
    (r"\bstd::(shuffle|sample)\b", "an order that differs between libraries", ()),
    (r"(?<![\w.>])(std::)?(system|popen)\s*\(", "a program of others outside the Tools seam", ()),
    (r"\b__(DATE|TIME|TIMESTAMP)__\b", "the time of the build", ()),
]
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
TESTS_TOO = {"the time of the build"}


def check_words(path, code):
    for pattern, what, homes in FORBIDDEN:
        if path.startswith("tests/") and what not in TESTS_TOO:
            continue
        if homes and path.startswith(homes):
            continue
        for match in re.finditer(pattern, code):
            yield f"{path}:{house.line_of(code, match.start())}: {match.group(0).strip()} is {what}"
    if path.endswith(".h"):
        for match in re.finditer(r"^using\s+namespace\b", code, re.MULTILINE):
            yield f"{path}:{house.line_of(code, match.start())}: using namespace in a header"


# What may stand before TRY since the last ; { or }: nothing, labels, control clauses, then nothing or one "… =".
CONTROL = re.compile(r"^\s*(else\b|do\b|case\b[^?]*?(?<!:):(?!:)|default\s*:|(public|private|protected)\s*:)")
CLAUSE = re.compile(r"^\s*(if(\s+constexpr)?|for|while)\s*\(")
INITIALISER = re.compile(r"^[^=?]*[^=!<>?+\-*/|&^%]=$", re.DOTALL)


def closing(text, opening):
    """The position behind the parenthesis that closes the one at `opening`."""
    depth = 0
    for position in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)


def stripped_of_control(before):
    while True:
        if match := CONTROL.match(before):
            before = before[match.end():]
        elif match := CLAUSE.match(before):
            end = closing(before, match.end() - 1)
            if before.count("(", match.end() - 1, end) != before.count(")", match.end() - 1, end):
                return before  # TRY stands inside the clause.
            before = before[end:]
        else:
            return before.strip()


def statement_start(code, position):
    """Where the statement begins; a ; inside for (…) does not begin one."""
    depth = 0
    for i in range(position - 1, -1, -1):
        if code[i] == ")":
            depth += 1
        elif code[i] == "(":
            depth -= 1
        elif code[i] in ";{}" and depth <= 0:
            return i + 1
    return 0


def check_try(path, code):
    code = re.sub(r"^[ \t]*#.*?(?<!\\)$", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.MULTILINE | re.DOTALL)
    last_line = 0
    for match in re.finditer(r"\bTRY\s*\(", code):
        line = house.line_of(code, match.start())
        where = f"{path}:{line}"
        if line == last_line:
            yield f"{where}: a second TRY on the line"
        last_line = line
        before = stripped_of_control(code[statement_start(code, match.start()):match.start()])
        behind = code[closing(code, match.end() - 1):].lstrip()
        balanced = all(before.count(a) == before.count(b) for a, b in ("()", "[]"))
        if not behind.startswith(";") or not balanced or (before and not INITIALISER.match(before)):
            yield f"{where}: TRY is neither a whole statement nor a whole initialiser"


@functools.lru_cache(maxsize=None)  # The twin changes one file at a time.
def check_file(path, text):
    code = house.bare(text)
    complaints = list(check_words(path, code))
    if path != "wiper/base/result.h":
        complaints += check_try(path, code)
    complaints += [f"{path}:{house.line_of(text, m.start())}: {m.group(0)}: finish it, or open an issue"
                   for m in UNFINISHED.finditer(text)]
    return complaints


def check(tree):
    return [complaint for path, text in tree.code(*house.CODE, "tests/") for complaint in check_file(path, text)]


def planted_code(statement):
    return "wiper/plan/planted.cpp", "Result<int> f() { " + statement + " }"


NEITHER = "neither a whole statement"
PLANTED = [
    (*planted_code("std::jthread t;"), "a thread"),
    (*planted_code("std::condition_variable c;"), "waiting"),
    (*planted_code("auto n = std::chrono::steady_clock::now();"), "a clock"),
    (*planted_code("time_t t = time(nullptr);"), "a clock"),
    (*planted_code("usleep(5);"), "a sleep"),
    (*planted_code("sleep(5);"), "a sleep"),
    (*planted_code("std::random_device d;"), "chance"),
    (*planted_code("std::uniform_int_distribution<int> d;"), "differs between libraries"),
    (*planted_code('std::system("true");'), "Tools seam"),
    ("tests/wiper/base/planted.cpp", "const char* built = __TIME__;", "time of the build"),
    (*planted_code("const char* built = __DATE__;"), "time of the build"),
    ("wiper/base/planted.h", "using namespace std;", "in a header"),
    (*planted_code("// TO" + "DO later"), "finish it"),
    (*planted_code("return TRY(g());"), NEITHER),
    (*planted_code("h(TRY(g()));"), NEITHER),
    (*planted_code("const Drive d{.fd = TRY(g())};"), NEITHER),
    (*planted_code("const Drive d = {TRY(g())};"), NEITHER),
    (*planted_code("const int x = TRY(g()) + 1;"), NEITHER),
    (*planted_code("const int x = 1 + TRY(g());"), NEITHER),
    (*planted_code("const int x = a ? TRY(g()) : 2;"), NEITHER),
    (*planted_code("if (TRY(g())) return 1;"), NEITHER),
    (*planted_code("for (int x = TRY(g()); x < 2; ++x) h();"), NEITHER),
    (*planted_code("for (int x : TRY(g())) h();"), NEITHER),
    (*planted_code("if (a == TRY(g())) h();"), NEITHER),
    (*planted_code("x += TRY(g());"), NEITHER),
    (*planted_code("TRY(g()); TRY(h());"), "second TRY"),
]

# Good code that the check must leave alone.
GOOD = """
Result<int> f() {
  // TRY(this) in a comment, "TRY(that)" in a string: const char* s = "TRY(x) usleep(5)";
  TRY(g());
  (void)0;
  const int x = TRY(g(1, h{2}));
  auto [a, b] = TRY(
      g());
  list[i(2)] = TRY(g());
  if (x == 2) TRY(g());
  for (const int each : list) TRY(g(each));
  if (x) y = TRY(g());
  else TRY(h());
  switch (x) {
    case A::B: TRY(g()); break;
    default: y = TRY(g());
  }
  const auto k = [&]() -> Result<void> { TRY(g()); return {}; };
  each([&](int n) -> Result<int> {
    const int m = TRY(g(n));
    return m;
  });
  executor.sleep(5s);
  this->system(1);
  return 1'000 + 'x';
}
"""

if __name__ == "__main__":
    if "--planted" in sys.argv:
        unjust = list(check_try("good", house.bare(GOOD))) + list(check_words("good", house.bare(GOOD)))
        for complaint in unjust:
            print("UNJUST:", complaint)
        if unjust:
            sys.exit(1)
    sys.exit(house.main(check, PLANTED))
