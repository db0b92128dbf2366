// Somebody else's partclone and zstd: they restore what we captured, we read what they saved, and both refuse the twin with
// one flipped byte.
#include "imager/format/partclone.h"

#include <doctest/doctest.h>

#include "imager/capture/capture.h"
#include "imager/filesystem/survey.h"
#include "tests/support/inline_executor.h"
#include "tests/support/master_disk.h"
#include "tests/support/memory_bytes.h"
#include "tests/support/memory_folder.h"
#include "tests/support/skip.h"
#include "wiper/linux/executor.h"

namespace relance {
namespace {

const ImageTrust kAnything{.unsigned_allowed = true};
constexpr const char* kNeeds = "needs partclone, zstd, mke2fs, mkfs.fat, mcopy and mkswap";
bool has_tools() {
  return can_make_master() && has_program("partclone.restore") && has_program("zstd") && has_program("e2fsck");
}

std::shared_ptr<MemoryFolder> captured(BlockReader& drive, const Layout& layout, Executor& executor, unsigned workers) {
  const auto folder = std::make_shared<MemoryFolder>();
  const Result<CaptureReport> report = capture(drive, layout, *folder, executor, {.name = "essai", .workers = workers});
  if (!report.ok()) FAIL(report.error().detail);
  return folder;
}

void write_out(const MemoryFolder& image, const TemporaryFolder& folder) {
  for (const auto& [name, bytes] : image.files) folder.write(name, bytes);
}

struct Saved {
  StreamHeader header;
  ExtentSet used;
};
// What partclone thinks of the same file system.
Saved saved_by(const TemporaryFolder& folder, const std::string& program, const std::string& file) {
  REQUIRE(folder.run(program + " -c -a0 -L log -s " + file + " -o stream").exit_code == 0);
  const Bytes stream = folder.read("stream");
  const StreamHeader header = parse_stream_header(std::span(stream).first(kStreamHeaderBytes)).value();
  folder.run("rm -f stream");
  return {header, parse_bitmap(header, std::span(stream).subspan(kStreamHeaderBytes, bitmap_size(header))).value()};
}

bool same_blocks(const Bytes& one, const Bytes& other, const ExtentSet& blocks, std::uint32_t block_bytes) {
  for (const LbaRange range : blocks.ranges()) {
    const auto from = static_cast<std::ptrdiff_t>(range.first * block_bytes);
    const auto to = static_cast<std::ptrdiff_t>(range.end() * block_bytes);
    if (!std::equal(one.begin() + from, one.begin() + to, other.begin() + from)) return false;
  }
  return true;
}

TEST_SUITE("partclone") {
  TEST_CASE("partclone's bitmap of ext4 and FAT is ours") {
    if (!has_tools()) return skip(kNeeds);
    TemporaryFolder folder;
    for (const std::string options : {"-t ext4 -b 4096", "-t ext4 -b 1024", "-t ext3", "-t ext2 -b 2048"}) {
      CAPTURE(options);
      (void)make_master(folder, {.mke2fs = options});
      MemoryBytes root(folder.read("root"));
      const FileSystemSurvey found = survey(root).value();

      const Saved theirs = saved_by(folder, "partclone.ext4", "root");

      CHECK(theirs.used == found.used);
      CHECK(theirs.header.file_system == found.stream_name);
      CHECK(theirs.header.block_count == found.block_count);
      CHECK(theirs.header.block_bytes == found.block_bytes);
      CHECK(theirs.header.used_by_superblock == found.used_by_superblock);
    }
    for (const auto& [size, options] : {std::pair{"20M", "-F 16"}, {"40M", "-F 32 -s 1"}}) {
      CAPTURE(options);
      const std::string make = "rm -f esp && truncate -s " + std::string(size) + " esp && mkfs.fat " + options + " esp";
      REQUIRE(folder.run(make + " && mcopy -i esp d/home/text ::text").exit_code == 0);
      MemoryBytes esp(folder.read("esp"));
      const FileSystemSurvey found = survey(esp).value();

      const Saved theirs = saved_by(folder, "partclone.fat", "esp");

      // Sectors behind the last cluster belong to no file; it takes them along.
      CHECK(theirs.used.covers(found.used));
      CHECK(without(theirs.used, found.used).block_count() < 128);
      CHECK(theirs.header.file_system == found.stream_name);
      CHECK(theirs.header.block_count == found.block_count);
    }
  }

  TEST_CASE("zstd and partclone.restore restore what we captured, block by block; a flipped byte stops them") {
    if (!has_tools()) return skip(kNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    InlineExecutor executor;
    write_out(*captured(master.drive, master.layout, executor, 1), folder);
    const Bytes source = folder.read("root");
    MemoryBytes bytes(source);
    const FileSystemSurvey found = survey(bytes).value();

    REQUIRE(folder.run("zstd -t *.zst").exit_code == 0);
    const std::string restore =
        "truncate -s 48M out && set -o pipefail && zstd -dc sda3.ext4-ptcl-img.zst | partclone.restore -C -L log -s - "
        "-O out";
    const auto restored = folder.run("bash -c '" + restore + "'");

    CAPTURE(restored.output);
    REQUIRE(restored.exit_code == 0);
    CHECK(same_blocks(source, folder.read("out"), without(found.used, found.zeros), found.block_bytes));
    CHECK(folder.run("e2fsck -fn out").exit_code == 0);
    REQUIRE(folder.run("zstd -qdc sda1.dd-ptcl-img.zst >bios-boot").exit_code == 0);
    CHECK(folder.read("bios-boot") == Bytes(1 << 20, std::byte{0xB1}));

    Bytes broken = folder.read("sda3.ext4-ptcl-img.zst");
    broken[broken.size() / 2] ^= std::byte{0x10};
    folder.write("sda3.ext4-ptcl-img.zst", broken);
    CHECK(folder.run("zstd -t sda3.ext4-ptcl-img.zst").exit_code != 0);
    CHECK(folder.run("bash -c '" + restore + "'").exit_code != 0);
  }

  TEST_CASE("an image of Debian's partclone and zstd is read by us; a flipped byte is refused") {
    if (!has_tools()) return skip(kNeeds);
    TemporaryFolder folder;
    (void)make_master(folder);
    const Bytes source = folder.read("root");
    for (const std::string options :
         {"", "-a 0", "-k 10", "-K"}) {  // CRC32 per MiB; none; per 10 blocks; never begun anew.
      CAPTURE(options);
      const std::string save =
          "set -o pipefail && partclone.ext4 -c " + options + " -L log -s root -o - | zstd -q -T2 -3 -f -o root.zst";
      REQUIRE(folder.run("bash -c '" + save + "'").exit_code == 0);
      const auto image_folder = std::make_shared<MemoryFolder>();
      image_folder->files["root.zst"] = folder.read("root.zst");

      const Result<ImageFolder> image = ImageFolder::open(image_folder, kAnything);

      if (!image.ok()) FAIL(image.error().detail);
      const ImagePartition& partition = image.value().manifest().partitions[0];
      Bytes copy(source.size());
      for (std::size_t i = 0; i < partition.chunks.size(); ++i) {
        Bytes blocks(partition.chunks[i].extents.block_count() * partition.block_bytes);
        REQUIRE(image.value().read_chunk(0, i, blocks).ok());
        auto at = blocks.begin();
        for (const LbaRange range : partition.chunks[i].extents.ranges()) {
          const auto size = static_cast<std::ptrdiff_t>(range.count * partition.block_bytes);
          std::copy_n(at, size, copy.begin() + static_cast<std::ptrdiff_t>(range.first * partition.block_bytes));
          at += size;
        }
      }
      folder.write("out", copy);
      CHECK(folder.run("e2fsck -fn out").exit_code == 0);
      CHECK(folder.run("debugfs -R 'dump /home/big again' out && cmp again d/home/big").exit_code == 0);

      Bytes& file = image_folder->files["root.zst"];
      file[file.size() / 3] ^= std::byte{1};
      CHECK_FALSE(ImageFolder::open(image_folder, kAnything).ok());
    }
  }

  TEST_CASE("sfdisk makes the table that our dump describes, and prints the same dump") {
    if (!has_tools() || !has_program("sfdisk")) return skip(kNeeds);
    TemporaryFolder folder;
    for (const TableKind table : {TableKind::Gpt, TableKind::Mbr}) {
      MasterDisk master = make_master(folder, {.table = table});
      InlineExecutor executor;
      write_out(*captured(master.drive, master.layout, executor, 1), folder);

      const auto made =
          folder.run("rm -f disk && truncate -s 64M disk && sfdisk -q disk <sda-pt.sf && sfdisk -d disk >again");

      CAPTURE(made.output);
      REQUIRE(made.exit_code == 0);
      CHECK(folder.run("sed 's|/dev/sda|disk|' sda-pt.sf | diff - again").output == "");
    }
  }

  TEST_CASE("real threads write the same image as one") {
    if (!has_tools()) return skip(kNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    InlineExecutor one;
    LinuxExecutor many;

    const auto once = captured(master.drive, master.layout, one, 1);
    const auto again = captured(master.drive, master.layout, many, 4);

    for (const auto& [name, bytes] : once->files) {
      CAPTURE(name);
      if (name != kManifestFile && name != "clonezilla-img")
        CHECK(again->files[name] == bytes);  // Those hold the time.
    }
    CHECK(ImageFolder::open(again, kAnything).value().check_all({}).ok());
  }
}

}  // namespace
}  // namespace relance
