#include "wiper/linux/tools.h"

#include <doctest/doctest.h>

#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/linux/executor.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

TEST_SUITE("memory files") {
  TEST_CASE("one as large as a drive costs what was written, and knows where that is") {
    LinuxTools tools;
    const auto file = tools.make_memory_file(std::uint64_t{8} << 40).value();
    const std::uint64_t far = std::uint64_t{7} << 40;
    Bytes written(100, std::byte{7});

    REQUIRE(file->write(far + 4000, written).ok());

    Bytes actual(100);
    REQUIRE(file->read(far + 4000, actual).ok());
    CHECK(actual == written);
    CHECK(file->data_extents().value() == std::vector<ByteExtent>{{far, 8192}});
    REQUIRE(file->read(12345, actual).ok());
    CHECK(actual == Bytes(100));
    CHECK(file->data_extents().value().size() == 1);
  }

  TEST_CASE("outside of it is an error") {
    LinuxTools tools;
    const auto file = tools.make_memory_file(1000).value();
    Bytes bytes(10);

    CHECK(file->write(990, bytes).ok());
    CHECK(!file->write(991, bytes).ok());
    CHECK(!file->read(991, bytes).ok());
    CHECK(!file->read(~std::uint64_t{0}, bytes).ok());
    CHECK(file->data_extents().value() == std::vector<ByteExtent>{{0, 1000}});
  }
}

TEST_SUITE("programs of others") {
  TEST_CASE("a program gets its input, its words and its environment, and nothing of ours") {
    LinuxTools tools;

    const auto result =
        tools.run({.program = "sh",
                   .arguments = {"-c", "cat; echo \"$1 $NAME $LC_ALL $HOME\"; echo oops >&2", "sh", "word"},
                   .files = {},
                   .environment = {"NAME=value"},
                   .input = "input\n"});

    REQUIRE(result.ok());
    CHECK(result.value().output == "input\nword value C \n");
    CHECK(result.value().errors == "oops\n");
  }

  TEST_CASE("it gets the memory files that its request lists, by their path, and no other descriptor") {
    LinuxTools tools;
    const auto listed = tools.make_memory_file(4096).value();
    [[maybe_unused]] const auto kept_back = tools.make_memory_file(4096).value();

    const std::string script =
        "printf hello > \"$1\"; for each in /proc/$$/fd/*; do readlink $each; done | grep -c memfd";
    const auto result = tools.run({.program = "sh",
                                   .arguments = {"-c", script, "sh", listed->path()},
                                   .files = {listed.get()},
                                   .environment = {},
                                   .input = {}});

    REQUIRE(result.ok());
    Bytes actual(5);
    REQUIRE(listed->read(0, actual).ok());
    CHECK(as_text(actual) == "hello");
    CHECK(result.value().output == "2\n");  // Its standard input and the listed one.
  }

  TEST_CASE("another exit code is an error with what it complained about, a good one is not") {
    LinuxTools tools;
    const ToolRequest repaired{.program = "sh",
                               .arguments = {"-c", "echo 'bad \x1b[31m superblock' >&2; exit 1"},
                               .files = {},
                               .environment = {},
                               .input = {}};
    ToolRequest accepted = repaired;
    accepted.good_exits = {0, 1};

    const auto failed = tools.run(repaired);
    const auto taken = tools.run(accepted);

    REQUIRE(!failed.ok());
    CHECK(failed.error().stop == Stop::ToolFailed);
    CHECK(failed.error().detail.find("superblock") != std::string::npos);
    CHECK(failed.error().detail.find('\x1b') == std::string::npos);
    REQUIRE(taken.ok());
    CHECK(taken.value().exit_code == 1);
  }

  TEST_CASE("a missing program, or a path for a name, is refused") {
    LinuxTools tools;
    CHECK(
        tools.run({.program = "relance-no-such-program", .arguments = {}, .files = {}, .environment = {}, .input = {}})
            .error()
            .code == Errc::Unsupported);
    CHECK(tools.run({.program = "/bin/true", .arguments = {}, .files = {}, .environment = {}, .input = {}})
              .error()
              .code == Errc::Invalid);
  }

  TEST_CASE("one that takes too long is killed with its children") {
    LinuxTools tools;
    LinuxExecutor clock;
    const Moment before = clock.now();

    const auto result = tools.run({.program = "sh",
                                   .arguments = {"-c", "sleep 60 & sleep 60"},
                                   .files = {},
                                   .environment = {},
                                   .input = {},
                                   .good_exits = {0},
                                   .time_limit = 100ms});

    REQUIRE(!result.ok());
    CHECK(result.error().code == Errc::Timeout);
    CHECK(clock.now() - before < 10s);
  }

  TEST_CASE("one that talks without end is listened to at its end only") {
    LinuxTools tools;

    const auto result =
        tools.run({.program = "sh",
                   .arguments = {"-c", "i=0; while [ $i -lt 40000 ]; do echo line $i; i=$((i+1)); done"},
                   .files = {},
                   .environment = {},
                   .input = {}});

    REQUIRE(result.ok());
    CHECK(result.value().output.size() <= kToolOutputLimit);
    CHECK(result.value().output.ends_with("line 39999\n"));
  }

  TEST_CASE("e2fsck and resize2fs work on a memory file") {
    if (!has_program("mke2fs") || !has_program("resize2fs")) return skip("e2fsprogs is not installed");
    LinuxTools tools;
    const auto file = tools.make_memory_file(std::uint64_t{64} << 20).value();
    const auto on_it = [&](const std::string& program, std::vector<std::string> arguments) {
      const auto result = tools.run({.program = program,
                                     .arguments = std::move(arguments),
                                     .files = {file.get()},
                                     .environment = {},
                                     .input = {}});
      CHECK_MESSAGE(result.ok(), (result.ok() ? "" : result.error().detail));
    };

    on_it("mke2fs", {"-q", "-t", "ext4", "-F", file->path(), "16M"});
    on_it("e2fsck", {"-fy", file->path()});
    on_it("resize2fs", {file->path()});
    on_it("e2fsck", {"-fn", file->path()});
  }
}

}  // namespace
}  // namespace relance
