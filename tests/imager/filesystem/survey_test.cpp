#include "imager/filesystem/survey.h"

#include <doctest/doctest.h>

#include "tests/support/memory_bytes.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

MemoryBytes made(const TemporaryFolder& folder, const std::string& command) {
  const auto outcome = folder.run("rm -f f && " + command);
  CAPTURE(outcome.output);
  REQUIRE(outcome.exit_code == 0);
  return MemoryBytes(folder.read("f"));
}

std::string refusal_of(MemoryBytes bytes) {
  const Result<FileSystemSurvey> surveyed = survey(bytes);
  return surveyed.ok() ? "" : surveyed.error().stop == Stop::MasterUnfit ? surveyed.error().detail : "another STOP";
}

Bytes patched(Bytes bytes, std::size_t at, std::initializer_list<unsigned> news) {
  for (const unsigned byte : news) bytes[at++] = static_cast<std::byte>(byte);
  return bytes;
}

TEST_SUITE("FAT") {
  TEST_CASE("the clusters of the files are used, the others are not") {
    if (!has_program("mkfs.fat") || !has_program("mcopy")) return skip("needs mkfs.fat and mcopy");
    TemporaryFolder folder;
    for (const auto& [size, options, name] :
         {std::tuple{"4M", "-F 12", "FAT12"}, {"20M", "-F 16", "FAT16"}, {"40M", "-F 32 -s 1", "FAT32"}}) {
      CAPTURE(name);
      const std::string make =
          "truncate -s " + std::string(size) + " f && mkfs.fat -i 1234abcd -n ESP " + options + " f";
      MemoryBytes empty = made(folder, make);
      const FileSystemSurvey before = survey(empty).value();
      MemoryBytes full =
          made(folder, make + " && head -c 1000000 /dev/urandom >big && mcopy -i f big ::big && mmd -i f ::EFI");

      const FileSystemSurvey found = survey(full).value();

      const std::uint32_t cluster = std::to_integer<std::uint32_t>(full.bytes[13]);
      const std::uint64_t of_big = (1'000'000 + cluster * 512 - 1) / (cluster * 512);
      CHECK(found.used.block_count() - before.used.block_count() == (of_big + 1) * cluster);
      CHECK(found.used.covers(before.used));
      CHECK(found.stream_name == name);
      CHECK(found.uuid == "1234-abcd");
      CHECK(found.label == "ESP");
      CHECK(found.block_count * found.block_bytes <= full.size_bytes());  // mkfs.fat rounds down to tracks.
      // What is unused can be lost: the file is still the same.
      const ExtentSet unused = found.used.complement({0, found.block_count});
      for (const LbaRange range : unused.ranges())
        std::memset(full.bytes.data() + range.first * 512, 0xEE, range.count * 512);
      folder.write("f", full.bytes);
      CHECK(folder.run("mcopy -n -i f ::big again && cmp big again").exit_code == 0);
    }
  }

  TEST_CASE("one that was not unmounted cleanly is refused") {
    if (!has_program("mkfs.fat")) return skip("needs mkfs.fat");
    TemporaryFolder folder;
    const Bytes fat16 = made(folder, "truncate -s 20M f && mkfs.fat -F 16 f").bytes;
    const Bytes fat32 = made(folder, "truncate -s 40M f && mkfs.fat -F 32 -s 1 f").bytes;
    const std::size_t table16 = 512U * load_le<std::uint16_t>(std::span(fat16).subspan(14));
    const std::size_t table32 = 512U * load_le<std::uint16_t>(std::span(fat32).subspan(14));

    CHECK(refusal_of(MemoryBytes(fat16)) == "");
    CHECK(refusal_of(MemoryBytes(fat32)) == "");
    CHECK(refusal_of(MemoryBytes(patched(fat16, 37, {1}))).find("cleanly") != std::string::npos);
    CHECK(refusal_of(MemoryBytes(patched(fat32, 65, {1}))).find("cleanly") != std::string::npos);
    CHECK(refusal_of(MemoryBytes(patched(fat16, table16 + 3, {0x7F}))).find("cleanly") != std::string::npos);
    CHECK(refusal_of(MemoryBytes(patched(fat32, table32 + 7, {0x07}))).find("cleanly") != std::string::npos);
  }

  TEST_CASE("a boot sector that makes no sense is refused") {
    if (!has_program("mkfs.fat")) return skip("needs mkfs.fat");
    TemporaryFolder folder;
    const Bytes good = made(folder, "truncate -s 20M f && mkfs.fat -F 16 f").bytes;
    const auto refused = [&](std::size_t at, std::initializer_list<unsigned> news) {
      return !refusal_of(MemoryBytes(patched(good, at, news))).empty();
    };

    CHECK_FALSE(refused(3, {'x'}));
    CHECK(refused(510, {0}));
    CHECK(refused(11, {0, 0}));
    CHECK(refused(11, {0, 32}));  // Sectors of 8192 bytes.
    CHECK(refused(13, {0}));
    CHECK(refused(13, {3}));
    CHECK(refused(14, {0, 0}));  // No reserved sector.
    CHECK(refused(16, {0}));     // No FAT.
    CHECK(refused(16, {255}));   // FATs up to the end.
    CHECK(refused(19, {0, 0}));  // No sectors: then the 32-bit count, which is 0 too.
    CHECK(refused(22, {1, 0}));  // A FAT that is too short.
    CHECK(refusal_of(MemoryBytes(Bytes(good.begin(), good.begin() + 10'000'000))).find("larger") != std::string::npos);
  }
}

TEST_SUITE("swap") {
  TEST_CASE("swap gives its UUID and label and no blocks") {
    if (!has_program("mkswap")) return skip("needs mkswap");
    TemporaryFolder folder;
    MemoryBytes bytes =
        made(folder, "truncate -s 3M f && chmod 600 f && mkswap -L échange -U 01234567-89ab-cdef-0123-456789abcdef f");

    const FileSystemSurvey found = survey(bytes).value();

    CHECK(found.kind == FileSystemKind::Swap);
    CHECK(found.uuid == "01234567-89ab-cdef-0123-456789abcdef");
    CHECK(found.label == "échange");
    CHECK(found.used.empty());
    CHECK(found.block_count == 768);
  }
}

TEST_SUITE("survey") {
  TEST_CASE("what nobody knows is raw, every block of it") {
    for (const std::size_t size : {512U, 4096U, 100'352U}) {
      MemoryBytes bytes(Bytes(size, std::byte{0x55}));

      const FileSystemSurvey found = survey(bytes).value();

      CHECK(found.kind == FileSystemKind::Raw);
      CHECK(found.used == ExtentSet{{0, size / 512}});
    }
  }

  TEST_CASE("labels keep UTF-8 and lose what a terminal obeys") {
    CHECK(label_in(as_bytes("Société")) == "Société");
    CHECK(label_in(as_bytes("a\x1b[2Jb")) == "a?[2Jb");
    CHECK(label_in(as_bytes("\xff\xc3 x")) == "?? x");
    CHECK(label_in(as_bytes("\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80")) == "?????????");
    CHECK(label_in(as_bytes(std::string_view("ab\0cd", 5))) == "ab");
    CHECK(label_in(as_bytes("ESP        ")) == "ESP");
  }
}

}  // namespace
}  // namespace relance
