#include "imager/capture/capture.h"

#include <doctest/doctest.h>

#include "imager/filesystem/survey.h"
#include "tests/support/inline_executor.h"
#include "tests/support/master_disk.h"
#include "tests/support/memory_bytes.h"
#include "tests/support/memory_folder.h"
#include "tests/support/skip.h"
#include "tests/wiper/crypto/key_ring.h"

namespace relance {
namespace {

const ImageTrust kAnything{.unsigned_allowed = true};

struct Captured {
  std::shared_ptr<MemoryFolder> folder = std::make_shared<MemoryFolder>();
  Result<CaptureReport> report = Error{};

  explicit Captured(BlockReader& drive, const Layout& layout, CaptureOptions options = {},
                    std::optional<std::uint64_t> largest_file = std::nullopt) {
    InlineExecutor executor;
    folder->largest_file = largest_file;
    if (options.name.empty()) options.name = "essai";
    options.made_by = "a test";
    report = capture(drive, layout, *folder, executor, options);
  }
  Manifest manifest() const { return report.value().manifest; }
  ImageFolder image() const { return ImageFolder::open(folder, kAnything).value(); }
};

// What a partition would be on a drive of 0xEE once its chunks are written.
Bytes restored(const ImageFolder& image, std::size_t index, std::uint64_t size) {
  const ImagePartition& partition = image.manifest().partitions[index];
  Bytes bytes(size, std::byte{0xEE});
  for (std::size_t i = 0; i < partition.chunks.size(); ++i) {
    Bytes blocks(partition.chunks[i].extents.block_count() * partition.block_bytes);
    REQUIRE(image.read_chunk(index, i, blocks).ok());
    auto at = blocks.begin();
    for (const LbaRange range : partition.chunks[i].extents.ranges()) {
      const auto length = static_cast<std::ptrdiff_t>(range.count * partition.block_bytes);
      std::copy_n(at, length, bytes.begin() + static_cast<std::ptrdiff_t>(range.first * partition.block_bytes));
      at += length;
    }
  }
  return bytes;
}

Bytes partition_of(const MasterDisk& master, std::size_t index) {
  const LbaRange range = master.layout.partitions[index].range;
  const std::uint32_t block = master.drive.geometry().logical_bytes;
  const auto first = master.drive.platter.begin() + static_cast<std::ptrdiff_t>(range.first * block);
  return {first, first + static_cast<std::ptrdiff_t>(range.count * block)};
}

TEST_SUITE("capture") {
  TEST_CASE("the image holds the whole master: boot code, ESP, root, swap and the layout") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);

    const Captured captured(master.drive, master.layout);

    if (!captured.report.ok()) FAIL(captured.report.error().detail);
    const Manifest manifest = captured.manifest();
    CHECK(captured.image().manifest() == manifest);
    REQUIRE(manifest.partitions.size() == 4);
    const auto roles = [&](std::size_t i) { return manifest.partitions[i].role; };
    CHECK((roles(0) == PartitionRole::BiosBoot && roles(1) == PartitionRole::Esp && roles(2) == PartitionRole::Root &&
           roles(3) == PartitionRole::Swap));
    CHECK(manifest.partitions[1].file == "sda2.vfat-ptcl-img.zst");
    CHECK(manifest.partitions[2].file == "sda3.ext4-ptcl-img.zst");
    CHECK(manifest.partitions[2].grows);
    CHECK(manifest.partitions[2].uuid == "01234567-89ab-cdef-0123-456789abcdef");
    CHECK(manifest.partitions[2].minimum_bytes < manifest.partitions[2].size_bytes);
    CHECK(manifest.partitions[3].uuid == "aaaaaaaa-89ab-cdef-0123-456789abcdef");
    CHECK(manifest.partitions[3].file.empty());
    CHECK(manifest.source.firmware == std::vector{Firmware::Bios, Firmware::Uefi});
    CHECK(captured.image().small_file("sda-mbr").value() ==
          Bytes(master.drive.platter.begin(), master.drive.platter.begin() + 512));
    CHECK(captured.image().check_all({}).ok());
    CHECK(captured.image().uncovered().empty());
  }

  TEST_CASE("every used block comes back, and a file system of only those is whole") {
    if (!can_make_master() || !has_program("e2fsck")) return skip(kMasterNeeds);
    TemporaryFolder folder;
    for (const MasterOptions& options :
         {MasterOptions{}, MasterOptions{.table = TableKind::Mbr}, MasterOptions{.mke2fs = "-t ext4 -b 1024"},
          MasterOptions{.logical_bytes = 4096}, MasterOptions{.logical_bytes = 4096, .mke2fs = "-t ext3 -b 1024"}}) {
      CAPTURE(options.mke2fs);
      CAPTURE(options.logical_bytes);
      MasterDisk master = make_master(folder, options);
      const Captured captured(master.drive, master.layout);
      if (!captured.report.ok()) FAIL(captured.report.error().detail);
      const std::size_t root = options.table == TableKind::Gpt ? 2 : 1;

      const Bytes source = partition_of(master, root);
      const Bytes copy = restored(captured.image(), root, source.size());

      MemoryBytes bytes(source);
      const FileSystemSurvey found = survey(bytes).value();
      const ExtentSet data = without(found.used, found.zeros);
      for (const LbaRange range : data.ranges()) {
        const auto first = static_cast<std::ptrdiff_t>(range.first * found.block_bytes);
        const auto length = static_cast<std::ptrdiff_t>(range.count * found.block_bytes);
        REQUIRE(std::equal(source.begin() + first, source.begin() + first + length, copy.begin() + first));
      }
      folder.write("copy", copy);
      CHECK(folder.run("e2fsck -fn copy").exit_code == 0);
      CHECK(folder.run("debugfs -R 'dump /home/big again' copy && cmp again d/home/big").exit_code == 0);
      folder.write("esp-copy", restored(captured.image(), root - 1, 8 << 20));
      CHECK(folder.run("mcopy -n -i esp-copy ::text text && cmp text d/home/text").exit_code == 0);
    }
  }

  TEST_CASE("the source is only read, and no block that holds nothing is read at all") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder, {.mke2fs = "-t ext4 -b 4096 -N 100000"});  // Tables of 25 MiB.
    const Bytes before = master.drive.platter;
    MemoryBytes bytes(partition_of(master, 2));
    const FileSystemSurvey found = survey(bytes).value();
    const LbaRange place = master.layout.partitions[2].range;
    for (const LbaRange range : found.zeros.ranges())
      if (range.count * 4096 >= kLongZeroBytes)
        master.drive.unreadable.add({place.first + range.first * 8, range.count * 8});
    REQUIRE(master.drive.unreadable.block_count() > 20'000);

    const Captured captured(master.drive, master.layout);

    REQUIRE(captured.report.ok());
    CHECK(master.drive.platter == before);
    CHECK(master.drive.writes == 0);
    CHECK(captured.report.value().read_bytes + 10'000'000 < captured.report.value().used_bytes);
  }

  TEST_CASE("an MBR master keeps the gap behind its first block") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder, {.table = TableKind::Mbr});

    const Captured captured(master.drive, master.layout);

    REQUIRE(captured.report.ok());
    REQUIRE(captured.manifest().boot.has_value());
    CHECK(captured.image().small_file(captured.manifest().boot->gap_file).value() ==
          Bytes(master.drive.platter.begin() + 512, master.drive.platter.begin() + (1 << 20)));
  }

  TEST_CASE("signed by the workshop, it opens for who knows its root") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    const KeyRing& ring = key_ring();

    const Captured captured(master.drive, master.layout,
                            {.signer = CaptureSigner{&ring.root, &ring.root_certificate, kNow}});

    REQUIRE(captured.report.ok());
    const Result<ImageFolder> image = ImageFolder::open(captured.folder, {.root = &ring.root_certificate});
    REQUIRE(image.ok());
    CHECK(image.value().signer().has_value());
    CHECK(image.value().needs().minimum_bytes == captured.manifest().minimum_bytes);
  }

  TEST_CASE("where files must be small a partition's lies in volumes, which read as the one that they were cut from") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    const Captured whole(master.drive, master.layout);
    const std::string root = "sda3.ext4-ptcl-img.zst";
    const Bytes& in_one = whole.folder->files.at(root);
    constexpr std::uint64_t kLargest = 1234567;  // No frame ends there.
    REQUIRE(in_one.size() > 3 * kLargest);

    const Captured split(master.drive, master.layout, {}, kLargest);

    REQUIRE_MESSAGE(split.report.ok(), split.report.error().detail);
    CHECK_FALSE(split.folder->files.contains(root));
    Bytes joined;
    for (std::size_t i = 0; i * kLargest < in_one.size(); ++i) {
      const Bytes& volume = split.folder->files.at(root + ".a" + static_cast<char>('a' + i));
      CHECK(volume.size() <= kLargest);
      joined.insert(joined.end(), volume.begin(), volume.end());
    }
    CHECK((joined == in_one));
    CHECK(split.image().check_all({}).ok());
    CHECK((restored(split.image(), 2, partition_of(master, 2).size()) ==
           restored(whole.image(), 2, partition_of(master, 2).size())));
    split.folder->files.erase(root + ".ab");
    CHECK(ImageFolder::open(split.folder, kAnything).error().stop == Stop::ImageDamaged);
  }

  TEST_CASE("the same master gives the same bytes") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);

    const Captured once(master.drive, master.layout);
    const Captured again(master.drive, master.layout, {.workers = 3});

    CHECK(once.folder->files == again.folder->files);
  }

  TEST_CASE("a dirty master is refused with the partition's number, and nothing is made") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder, {.mke2fs = "-t ext4 -b 4096 -O ^metadata_csum"});
    const std::uint64_t root = master.layout.partitions[2].range.first * 512;
    master.drive.platter[root + 1024 + 0x3A] = std::byte{0};

    const Captured captured(master.drive, master.layout);

    REQUIRE_FALSE(captured.report.ok());
    CHECK(captured.report.error().stop == Stop::MasterUnfit);
    CHECK(captured.report.error().detail.find("partition 3: ") == 0);
    CHECK(captured.folder->files.empty());
  }

  TEST_CASE("a name that is none, and a table that reaches behind the drive, are refused before anything is made") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);

    const Captured odd(master.drive, master.layout, {.name = "../etc"});
    master.layout.partitions[3].range.count += 1'000'000;
    const Captured outside(master.drive, master.layout);

    CHECK(odd.report.error().stop == Stop::Usage);
    CHECK(odd.folder->files.empty());
    CHECK(outside.report.error().stop == Stop::MasterUnfit);
    CHECK(outside.folder->files.empty());
  }

  TEST_CASE("a block that cannot be read ends it; one in a gap between used blocks does not") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    MemoryBytes bytes(partition_of(master, 2));
    const FileSystemSurvey found = survey(bytes).value();
    const LbaRange place = master.layout.partitions[2].range;
    const LbaRange gap = found.used.complement({0, found.block_count}).ranges().front();

    master.drive.unreadable = {{place.first + gap.first * 8, gap.count * 8}};
    CHECK(Captured(master.drive, master.layout).report.ok());

    master.drive.unreadable = {{place.first + (gap.first - 1) * 8, 1}};
    const Captured captured(master.drive, master.layout);
    CHECK(captured.report.error().code == Errc::Io);
    CHECK_FALSE(captured.folder->files.contains(kManifestFile));
  }

  TEST_CASE("a medium that fills up at any moment leaves no image") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    const Captured whole(master.drive, master.layout);
    std::uint64_t size = 0;
    for (const auto& [name, held] : whole.folder->files) size += held.size();

    for (std::uint64_t room = 0; room < size; room += size / 13 + 1) {
      CAPTURE(room);
      InlineExecutor executor;
      MemoryFolder full;
      full.room = room;
      const Result<CaptureReport> report =
          capture(master.drive, master.layout, full, executor, {.name = "essai", .workers = 2});
      CHECK(report.error().stop == Stop::StickFull);
      CHECK((!full.files.contains(kManifestFile) || full.files[kManifestFile].empty()));
    }
  }

  TEST_CASE("progress ends at all used bytes") {
    if (!can_make_master()) return skip(kMasterNeeds);
    TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    std::uint64_t last = 0;
    std::uint64_t whole = 0;

    const Captured captured(master.drive, master.layout, {.progress = [&](std::uint64_t done, std::uint64_t all) {
                              CHECK(done > last);
                              last = done;
                              whole = all;
                            }});

    CHECK(last == whole);
    CHECK(whole == captured.report.value().used_bytes);
  }
}

}  // namespace
}  // namespace relance
