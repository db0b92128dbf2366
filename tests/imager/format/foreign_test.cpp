#include "imager/format/foreign.h"

#include <doctest/doctest.h>

#include "imager/format/foreign_chunks.h"
#include "tests/imager/format/small_image.h"
#include "wiper/base/crc32.h"

namespace relance {
namespace {

const ImageTrust kAnything{.unsigned_allowed = true};
constexpr std::uint32_t kBlock = 4096;
constexpr std::uint64_t kBlocks = 6000;
const ExtentSet kUsed{{0, 1500}, {2000, 1}, {3000, 900}, {5999, 1}};

struct Sums {
  std::uint32_t blocks = 0;  // 0: none.
  bool reseeds = true;
  std::uint16_t mode = 0x20;
};

// A stream as partclone writes it, with its block sums.
Bytes stream_of(const ExtentSet& used, const Sums& sums) {
  Bytes stream = stream_head(
      {.file_system = "EXTFS", .device_bytes = kBlocks * kBlock, .block_count = kBlocks, .block_bytes = kBlock}, used);
  const std::uint32_t sum_size = sums.blocks == 0 ? 0 : sums.mode == 0x20 ? 4 : 8;
  if (sums.blocks > 0) {
    store_le<std::uint16_t>(std::span(stream).subspan(96), sums.mode);
    store_le<std::uint16_t>(std::span(stream).subspan(98), static_cast<std::uint16_t>(sum_size));
    store_le<std::uint32_t>(std::span(stream).subspan(100), sums.blocks);
    stream[104] = sums.reseeds ? std::byte{1} : std::byte{0};
    store_le<std::uint32_t>(std::span(stream).subspan(106), ~crc32(std::span(stream).first(106)));
  }
  const Bytes blocks = blocks_of(used, kBlock);
  std::uint32_t crc = 0;
  std::uint32_t since = 0;
  const auto add_sum = [&] {
    Bytes sum(sum_size);
    if (sum_size == 4) store_le<std::uint32_t>(std::span(sum), ~crc);
    append(stream, sum);
    since = 0;
    if (sums.reseeds) crc = 0;
  };
  for (std::size_t at = 0; at < blocks.size(); at += kBlock) {
    const std::span<const std::byte> block = std::span(blocks).subspan(at, kBlock);
    append(stream, block);
    crc = crc32(block, crc);
    if (sums.blocks > 0 && ++since == sums.blocks) add_sum();
  }
  if (since > 0) add_sum();
  return stream;
}

Bytes in_one_frame(const Bytes& stream) { return FrameEncoder(kDefaultLevel).encode(stream); }

constexpr std::string_view kTable =
    "label: gpt\nlabel-id: 11111111-2222-3333-4444-555555555555\ndevice: /dev/sda\nunit: sectors\nfirst-lba: "
    "34\nlast-lba: 80000\n"
    "sector-size: 512\n\n"
    "/dev/sda1 : start=        2048, size=        2048, type=21686148-6449-6E6F-744E-656564454649, uuid=1\n"
    "/dev/sda3 : start=        4096, size=       49152, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, uuid=2, "
    "name=\"root\"\n"
    "/dev/sda4 : start=       53248, size=        4096, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F, uuid=3\n";

// A folder as Clonezilla leaves it.
std::shared_ptr<MemoryFolder> clonezilla_folder(const Bytes& root) {
  const auto folder = std::make_shared<MemoryFolder>();
  const auto text = [](std::string_view held) { return Bytes(as_bytes(held).begin(), as_bytes(held).end()); };
  folder->files["sda-pt.sf"] = text(kTable);
  folder->files["sda-mbr"] = Bytes(512, std::byte{0xEB});
  folder->files["swappt-sda4.info"] = text("UUID=\"AAAAAAAA-89ab-cdef-0123-456789abcdef\"\nLABEL=\"\"\n");
  folder->files["sda1.dd-ptcl-img.zst"] = in_one_frame(blocks_of({{0, 2048}}, 512));
  folder->files["sda3.ext4-ptcl-img.zst"] = root;
  folder->files["Info-dmi.txt"] = text("…");
  return folder;
}

Result<Bytes> read_all(const ImageFolder& image, std::size_t index, const std::vector<std::size_t>& order) {
  const ImagePartition& partition = image.manifest().partitions[index];
  std::vector<Bytes> chunks(partition.chunks.size());
  for (const std::size_t i : order) {
    chunks[i].resize(partition.chunks[i].extents.block_count() * partition.block_bytes);
    TRY(image.read_chunk(index, i, chunks[i]));
  }
  Bytes all;
  for (const Bytes& chunk : chunks) append(all, chunk);
  return all;
}

Stop stop_of(const std::shared_ptr<MemoryFolder>& folder) {
  const Result<ImageFolder> image = ImageFolder::open(folder, kAnything);
  return image.ok() ? Stop::Unspecified : image.error().stop;
}

TEST_SUITE("foreign image") {
  TEST_CASE("streams with any block sums give the same blocks") {
    for (const Sums sums :
         {Sums{}, Sums{256}, Sums{1}, Sums{1024}, Sums{2402}, Sums{5000}, Sums{256, false}, Sums{100, true, 0x30}}) {
      CAPTURE(sums.blocks);
      const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, sums)));

      const Result<ImageFolder> image = ImageFolder::open(folder, kAnything);

      if (!image.ok()) FAIL(image.error().detail);
      CHECK(read_all(image.value(), 1, {0, 1, 2}).value() == blocks_of(kUsed, kBlock));
      CHECK(image.value().check_all({}).ok());
    }
  }

  TEST_CASE("layout, roles, boot code and swap come from Clonezilla's files") {
    const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, {256})));

    const ImageFolder image = ImageFolder::open(folder, kAnything).value();

    const Manifest& manifest = image.manifest();
    REQUIRE(manifest.partitions.size() == 3);
    CHECK(manifest.partitions[0].role == PartitionRole::BiosBoot);
    CHECK(read_all(image, 0, {0}).value() == blocks_of({{0, 2048}}, 512));
    CHECK(manifest.partitions[1].role == PartitionRole::Root);
    CHECK(manifest.partitions[1].grows);
    CHECK(manifest.partitions[1].minimum_bytes == kBlocks * kBlock);
    CHECK(manifest.partitions[2].file_system == FileSystemKind::Swap);
    CHECK(manifest.partitions[2].uuid == "aaaaaaaa-89ab-cdef-0123-456789abcdef");
    CHECK(manifest.source.firmware == std::vector{Firmware::Bios});
    CHECK(image.small_file("sda-mbr").value() == Bytes(512, std::byte{0xEB}));
    CHECK_FALSE(image.signer().has_value());
  }

  TEST_CASE("nobody signed it, so only who allows that may open it") {
    const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, {})));

    CHECK(ImageFolder::open(folder, {}).error().stop == Stop::ImageUnsigned);
  }

  TEST_CASE("chunks come in any order, also again and backwards") {
    const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, {256})));
    const ImageFolder image = ImageFolder::open(folder, kAnything).value();
    const Bytes wanted = blocks_of(kUsed, kBlock);

    CHECK(read_all(image, 1, {2, 1, 0}).value() == wanted);
    CHECK(read_all(image, 1, {1, 0, 2, 0, 0}).value() == wanted);
  }

  TEST_CASE("a split file is read as one") {
    const auto folder = clonezilla_folder({});
    const Bytes whole = in_one_frame(stream_of(kUsed, {256}));
    folder->files.erase("sda3.ext4-ptcl-img.zst");
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t from = whole.size() * i / 3;
      folder->files[std::string("sda3.ext4-ptcl-img.zst.a") + static_cast<char>('a' + i)] =
          Bytes(whole.begin() + static_cast<std::ptrdiff_t>(from),
                whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * (i + 1) / 3));
    }

    const Result<ImageFolder> image = ImageFolder::open(folder, kAnything);

    REQUIRE(image.ok());
    CHECK(read_all(image.value(), 1, {0, 1, 2}).value() == blocks_of(kUsed, kBlock));
  }

  TEST_CASE("one file of a partition alone becomes the only partition of a GPT") {
    for (const std::string name : {"root.zst", "sdb7.ext4-ptcl-img.zst"}) {
      const auto folder = std::make_shared<MemoryFolder>();
      folder->files[name] = in_one_frame(stream_of(kUsed, {1024}));

      const Result<ImageFolder> image = ImageFolder::open(folder, kAnything);

      if (!image.ok()) FAIL(image.error().detail);
      REQUIRE(image.value().manifest().partitions.size() == 1);
      CHECK(image.value().manifest().partitions[0].role == PartitionRole::Root);
      CHECK(image.value().manifest().source.firmware.empty());
      CHECK(read_all(image.value(), 0, {0, 1, 2}).value() == blocks_of(kUsed, kBlock));
    }
  }

  TEST_CASE(
      "a flipped byte, a cut, something behind the end and a wrong sum are refused before anything is handed out") {
    const Bytes good = in_one_frame(stream_of(kUsed, {256}));
    REQUIRE(stop_of(clonezilla_folder(good)) == Stop::Unspecified);

    for (std::size_t at = 0; at < good.size(); at += good.size() / 40) {
      CAPTURE(at);
      Bytes broken = good;
      broken[at] ^= std::byte{0x10};
      CHECK(stop_of(clonezilla_folder(broken)) != Stop::Unspecified);
    }
    CHECK(stop_of(clonezilla_folder(Bytes(good.begin(), good.end() - 1))) == Stop::ImageDamaged);
    Bytes longer = stream_of(kUsed, {256});
    longer.push_back(std::byte{0});
    CHECK(stop_of(clonezilla_folder(in_one_frame(longer))) == Stop::ImageHostile);
    Bytes wrong = stream_of(kUsed, {256});
    wrong[wrong.size() - kBlock] ^= std::byte{1};
    CHECK(stop_of(clonezilla_folder(in_one_frame(wrong))) == Stop::ImageDamaged);
  }

  TEST_CASE("a stream for more blocks than its partition has is refused before it is decoded") {
    const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, {256})));
    std::string table(kTable);
    table.replace(table.find("       49152"), 12, "       40000");
    folder->files["sda-pt.sf"] = Bytes(as_bytes(table).begin(), as_bytes(table).end());

    CHECK(stop_of(folder) == Stop::ImageHostile);
  }

  TEST_CASE("a raw partition of another length than its table says is refused") {
    for (const std::uint64_t blocks : {2047U, 2049U}) {
      const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, {})));
      folder->files["sda1.dd-ptcl-img.zst"] = in_one_frame(blocks_of({{0, blocks}}, 512));

      CHECK(stop_of(folder) != Stop::Unspecified);
    }
  }

  TEST_CASE("what we cannot read is named: gzip, several disks, a table without files, files without a table") {
    const Bytes root = in_one_frame(stream_of(kUsed, {}));
    const auto gzip = clonezilla_folder(root);
    gzip->files["sda1.dd-ptcl-img.gz"] = gzip->files["sda1.dd-ptcl-img.zst"];
    gzip->files.erase("sda1.dd-ptcl-img.zst");
    CHECK(ImageFolder::open(gzip, kAnything).error().code == Errc::Unsupported);

    const auto disks = clonezilla_folder(root);
    disks->files["sdb-pt.sf"] = disks->files["sda-pt.sf"];
    CHECK(ImageFolder::open(disks, kAnything).error().code == Errc::Unsupported);

    const auto missing = clonezilla_folder(root);
    missing->files.erase("sda3.ext4-ptcl-img.zst");
    CHECK(stop_of(missing) == Stop::ImageDamaged);

    const auto untabled = clonezilla_folder(root);
    untabled->files.erase("sda-pt.sf");
    CHECK(stop_of(untabled) == Stop::ImageDamaged);
  }

  TEST_CASE("a file that changed since it was opened is refused") {
    const auto folder = clonezilla_folder(in_one_frame(stream_of(kUsed, {})));
    const ImageFolder image = ImageFolder::open(folder, kAnything).value();
    Bytes other = stream_of(kUsed, {});
    other[other.size() - 2 * kBlock] ^= std::byte{1};

    folder->files["sda3.ext4-ptcl-img.zst"] = in_one_frame(other);

    CHECK(read_all(image, 1, {0, 1, 2}).error().stop == Stop::ImageDamaged);
  }
}

}  // namespace
}  // namespace relance
