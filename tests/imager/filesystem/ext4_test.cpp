#include <doctest/doctest.h>

#include <sstream>

#include "imager/filesystem/ext2_io.h"
#include "imager/filesystem/survey.h"
#include "tests/support/memory_bytes.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

const char* const kNoTools = "needs mke2fs, dumpe2fs, debugfs, e2fsck and resize2fs";
bool has_tools() { return has_program("mke2fs") && has_program("debugfs") && has_program("resize2fs"); }

// A file system with a big and a small file and a folder, made without root.
void make(const TemporaryFolder& folder, const std::string& size, const std::string& options) {
  const std::string files =
      "mkdir -p d/etc d/home && echo relance >d/etc/hostname && echo / >d/etc/fstab && head -c 9000000 /dev/zero | tr "
      "'\\0' x >d/big";
  const auto made = folder.run(files + " && rm -f f && truncate -s " + size + " f && mke2fs -q -F -L maître " +
                               options + " -U 01234567-89ab-cdef-0123-456789abcdef -d d f");
  CAPTURE(made.output);
  REQUIRE(made.exit_code == 0);
}

MemoryBytes bytes_of(const TemporaryFolder& folder) { return MemoryBytes(folder.read("f")); }

// What dumpe2fs, which is somebody else's code, calls free: the lines "  Free blocks: 5-7, 9".
ExtentSet free_by_dumpe2fs(const TemporaryFolder& folder, std::uint64_t blocks_a_cluster = 1) {
  ExtentSet free;
  std::istringstream lines(folder.run("dumpe2fs f 2>/dev/null").output);
  for (std::string line; std::getline(lines, line);) {
    const std::string head = "  Free blocks: ";
    if (!line.starts_with(head)) continue;
    std::istringstream ranges(line.substr(head.size()));
    for (std::string range; std::getline(ranges, range, ',');) {
      const std::uint64_t first = std::stoull(range);
      const std::size_t dash = range.find('-');
      const std::uint64_t last = dash == std::string::npos ? first : std::stoull(range.substr(dash + 1));
      free.add({first, last - first + blocks_a_cluster});  // It names the first block of the last cluster.
    }
  }
  return free;
}

Stop stop_of(MemoryBytes& bytes) {
  const Result<FileSystemSurvey> surveyed = survey(bytes);
  return surveyed.ok() ? Stop::Unspecified : surveyed.error().stop;
}
std::string refusal_of(MemoryBytes& bytes) {
  const Result<FileSystemSurvey> surveyed = survey(bytes);
  return surveyed.ok() ? "" : surveyed.error().detail;
}

void zero_blocks(const TemporaryFolder& folder, MemoryBytes bytes, const ExtentSet& blocks, std::uint32_t block_bytes) {
  for (const LbaRange range : blocks.ranges())
    std::memset(bytes.bytes.data() + range.first * block_bytes, 0, range.count * block_bytes);
  folder.write("f", bytes.bytes);
}

TEST_SUITE("ext4") {
  TEST_CASE("used blocks are those that dumpe2fs does not call free, whatever the features") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    for (const std::string options :
         {"-t ext4 -b 4096", "-t ext4 -b 1024", "-t ext4 -O ^has_journal,^resize_inode",
          "-t ext4 -O meta_bg,^resize_inode", "-t ext4 -O ^64bit,^metadata_csum", "-t ext3", "-t ext2",
          "-t ext4 -O ^flex_bg -g 8192", "-t ext4 -O orphan_file,metadata_csum_seed", "-t ext4 -b 65536"}) {
      CAPTURE(options);
      make(folder, "60M", options);
      MemoryBytes bytes = bytes_of(folder);

      const Result<FileSystemSurvey> found = survey(bytes);

      if (!found.ok()) FAIL(found.error().detail);
      CHECK(found.value().used == free_by_dumpe2fs(folder).complement({0, found.value().block_count}));
      CHECK(found.value().kind == FileSystemKind::Ext4);
      CHECK(found.value().label == "maître");
      CHECK(found.value().uuid == "01234567-89ab-cdef-0123-456789abcdef");
      CHECK(found.value().block_count * found.value().block_bytes == bytes.size_bytes());
      CHECK(found.value().has_etc);
    }
  }

  TEST_CASE("in a file system of clusters every block of a used cluster is used") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "60M", "-t ext4 -b 4096 -O bigalloc -C 65536");
    MemoryBytes bytes = bytes_of(folder);

    const Result<FileSystemSurvey> found = survey(bytes);

    REQUIRE(found.ok());
    CHECK(found.value().used == free_by_dumpe2fs(folder, 16).complement({0, found.value().block_count}));
  }

  TEST_CASE("what is called never used may hold zeros, and what is left may not") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "200M", "-t ext4 -b 4096 -E lazy_itable_init=1");
    MemoryBytes bytes = bytes_of(folder);
    const FileSystemSurvey found = survey(bytes).value();
    REQUIRE(folder.run("e2fsck -fn f").exit_code == 0);

    zero_blocks(folder, bytes, found.zeros, found.block_bytes);
    CHECK(folder.run("e2fsck -fn f").exit_code == 0);
    CHECK(found.zeros.block_count() * 10 > found.used.block_count() * 5);  // That is why it is worth it.

    zero_blocks(folder, bytes, without(found.used, found.zeros), found.block_bytes);
    CHECK(folder.run("e2fsck -fn f").exit_code != 0);
  }

  TEST_CASE("resize2fs cuts it down to the minimum without moving a block of a file") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    for (const std::string options :
         {"-t ext4 -b 4096 -g 4096", "-t ext4 -b 1024", "-t ext4 -O ^flex_bg", "-t ext4 -O ^has_journal", "-t ext3"}) {
      CAPTURE(options);
      make(folder, "120M", options);
      MemoryBytes bytes = bytes_of(folder);
      const std::string before = folder.run("debugfs -R 'blocks /big' f").output;

      const FileSystemSurvey found = survey(bytes).value();
      REQUIRE(folder.run("e2fsck -fy f").exit_code == 0);
      const auto resized = folder.run("resize2fs -f f " + std::to_string(found.minimum_blocks));

      CAPTURE(resized.output);
      CHECK(resized.exit_code == 0);
      CHECK(folder.run("e2fsck -fn f").exit_code == 0);
      CHECK(folder.run("debugfs -R 'blocks /big' f").output == before);
      CHECK(found.minimum_blocks < found.block_count);
      CHECK(found.minimum_blocks * found.block_bytes > 9'000'000);
    }
  }

  TEST_CASE("a master that is not clean is refused and told which") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "64M", "-t ext4");
    const MemoryBytes clean = bytes_of(folder);
    const auto refused_after = [&](const std::string& command) {
      folder.write("f", clean.bytes);
      REQUIRE(folder.run("debugfs -w -R '" + command + "' f").exit_code == 0);
      MemoryBytes bytes = bytes_of(folder);
      return refusal_of(bytes);
    };

    CHECK(refused_after("ssv mtime 5") == "");
    CHECK(refused_after("ssv state 0").find("not unmounted cleanly") != std::string::npos);
    CHECK(refused_after("ssv state 3").find("with errors") != std::string::npos);
    CHECK(refused_after("feature needs_recovery").find("needs_recovery") != std::string::npos);
    CHECK(refused_after("feature orphan_present").find("orphan_present") != std::string::npos);
    CHECK(refused_after("ssv last_orphan 12").find("deleted while open") != std::string::npos);
    CHECK(refused_after("ssv free_blocks_count 5").find("free blocks") != std::string::npos);
    CHECK(refused_after("feature mmp").find("mmp") != std::string::npos);
    CHECK(refused_after("feature journal_dev").find("journal_dev") != std::string::npos);
  }

  TEST_CASE("an unknown feature is refused by its number") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "32M", "-t ext4");
    MemoryBytes bytes = bytes_of(folder);

    bytes.bytes[1024 + 0x63] = std::byte{0x40};
    CHECK(refusal_of(bytes).find("0x40000000") != std::string::npos);
    bytes.bytes[1024 + 0x63] = std::byte{0};
    bytes.bytes[1024 + 0x67] = std::byte{0x10};
    CHECK(refusal_of(bytes).find("0x10000000") != std::string::npos);
  }

  TEST_CASE("a journal that begins somewhere is refused though the feature is off") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "64M", "-t ext4 -O ^metadata_csum");
    const std::string where = folder.run("debugfs -R 'blocks <8>' f 2>/dev/null").output;
    MemoryBytes bytes = bytes_of(folder);
    REQUIRE(stop_of(bytes) == Stop::Unspecified);
    const FileSystemSurvey found = survey(bytes).value();

    bytes.bytes[std::stoull(where) * found.block_bytes + 31] = std::byte{1};

    CHECK(refusal_of(bytes).find("not replayed") != std::string::npos);
  }

  TEST_CASE("a cut or overwritten superblock is refused, never called raw") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "32M", "-t ext4");
    MemoryBytes whole = bytes_of(folder);

    MemoryBytes half(Bytes(whole.bytes.begin(), whole.bytes.begin() + 16'000'000));
    CHECK(stop_of(half) == Stop::MasterUnfit);
    for (std::size_t at = 0; at < 1024; at += 3) {
      CAPTURE(at);
      whole.bytes[1024 + at] ^= std::byte{0xFF};
      const Stop stop = stop_of(whole);
      whole.bytes[1024 + at] ^= std::byte{0xFF};
      CHECK((stop == Stop::MasterUnfit || at == 57));  // Its checksum covers all of it; 57 is the magic.
    }
  }

  TEST_CASE("what libext2fs writes lands in the copy and is read back by others") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "32M", "-t ext4");
    MemoryBytes bytes = bytes_of(folder);
    const Bytes before = bytes.bytes;
    CopyOnWrite copy(bytes);

    ext2::FileSystem system = ext2::FileSystem::open(static_cast<ByteStore&>(copy)).value();
    std::memcpy(system.super().s_volume_name, "neuf\0\0", 6);
    ext2fs_mark_super_dirty(system.get());
    REQUIRE(system.close().ok());

    CHECK(bytes.bytes == before);
    CHECK(survey(copy).value().label == "neuf");
    for (const auto& [offset, piece] : copy.pieces()) REQUIRE(bytes.write(offset, piece).ok());
    folder.write("f", bytes.bytes);
    CHECK(folder.run("e2fsck -fn f").exit_code == 0);
  }

  TEST_CASE("a file system opened for reading refuses to be written") {
    if (!has_tools()) return skip(kNoTools);
    TemporaryFolder folder;
    make(folder, "32M", "-t ext4");
    MemoryBytes bytes = bytes_of(folder);
    const Bytes before = bytes.bytes;

    ext2::FileSystem system = ext2::FileSystem::open(static_cast<ByteReader&>(bytes)).value();
    std::memcpy(system.super().s_volume_name, "neuf", 4);
    ext2fs_mark_super_dirty(system.get());
    (void)system.close();  // Whatever it says.

    CHECK(bytes.bytes == before);
  }
}

}  // namespace
}  // namespace relance
