#pragma once
// manifest.json: what a master image consists of and how it is laid out on another drive. Signed as it lies in the file
// (manifest.json.p7s), so that each byte of each file of the folder is covered: whole files by their SHA-256 here, the
// frames of partition files one by one too, because each is authenticated before it is decoded.
//
// Read as hostile even when signed: validate() holds every length, offset and name against every other.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wiper/crypto/hash.h"
#include "wiper/device/extent_set.h"

namespace relance {

enum class TableKind : std::uint8_t { Gpt, Mbr };
enum class Firmware : std::uint8_t { Bios, Uefi };
enum class PartitionRole : std::uint8_t { BiosBoot, Esp, Root, Swap, Other };
enum class FileSystemKind : std::uint8_t { Raw, Ext4, Fat, Swap };
template <>
struct EnumNames<TableKind> {
  static constexpr std::array<std::string_view, 2> names{"gpt", "mbr"};
};
template <>
struct EnumNames<Firmware> {
  static constexpr std::array<std::string_view, 2> names{"bios", "uefi"};
};
template <>
struct EnumNames<PartitionRole> {
  static constexpr std::array<std::string_view, 5> names{"bios-boot", "esp", "root", "swap", "other"};
};
template <>
struct EnumNames<FileSystemKind> {
  static constexpr std::array<std::string_view, 4> names{"raw", "ext4", "fat", "swap"};
};

inline constexpr std::uint64_t kLayoutAlignment = std::uint64_t{1}
                                                  << 20;  // Partitions start and end on it, whatever the drive.

// GPT types, as ImagePartition::type has them.
inline constexpr std::string_view kTypeBiosBoot = "21686148-6449-6e6f-744e-656564454649";
inline constexpr std::string_view kTypeEsp = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
inline constexpr std::string_view kTypeLinux = "0fc63daf-8483-4772-8e79-3d69d8477de4";
inline constexpr std::string_view kTypeLinuxSwap = "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f";

// One independent zstd frame of a partition's file and where its bytes belong: at most kLargestChunkBytes of blocks.
// In JSON one line of text, "OFFSET+LENGTH FRAME-SHA256 BYTES-SHA256 FIRST+COUNT FIRST+COUNT…", with "zero" before the first
// extent if all of the blocks are zeros.
struct ImageChunk {
  std::uint64_t offset = 0;     // Of the frame in the file.
  std::uint32_t length = 0;     // Of the frame: compressed bytes.
  Sha256Digest frame_sha256{};  // Of the frame as it lies in the file: nothing unauthenticated is decoded.
  bool zero = false;
  Sha256Digest sha256{};  // Of the blocks, back to back: what reading the drive back must give.
  ExtentSet extents;      // In blocks of the file system (ImagePartition::block_bytes), from the partition's start.

  Value to_value() const;
  static Result<ImageChunk> from_value(const Value& value);
  bool operator==(const ImageChunk&) const = default;
};

// A partition in the order of the drive, source and target alike.
struct ImagePartition {
  std::uint32_t number = 0;  // On the source; the target keeps it.
  PartitionRole role = PartitionRole::Other;
  std::string type;                 // GPT type GUID in lower case, or MBR type "0x83".
  std::string name;                 // GPT partition name.
  std::uint64_t attributes = 0;     // GPT attribute bits; MBR: bit 0 is the active flag.
  LbaRange source;                  // In the source's logical blocks.
  std::uint64_t size_bytes = 0;     // On the target, unless it grows.
  std::uint64_t minimum_bytes = 0;  // Smallest partition that holds it: end of the last block that cannot move.
  bool grows = false;               // Takes what is left; exactly one does.
  FileSystemKind file_system = FileSystemKind::Raw;
  std::string label;                // Of the file system.
  std::string uuid;                 // Of the file system, lower case; swap is made anew with it. FAT: "1234-abcd".
  std::uint32_t block_bytes = 512;  // Of the file system and of the stream.
  std::uint64_t block_count = 0;    // Of the file system; may end before its partition does.
  std::string file;                 // "sda3.ext4-ptcl-img.zst"; empty: nothing to write but what swap is made of.
                                    // Its chunks' offsets are those of all its volumes, one behind the other.
  std::uint32_t header_length = 0;  // Frame 0 of the file: partclone's header and bitmap.
  Sha256Digest header_sha256{};     // Of frame 0 as it lies in the file.
  std::vector<ImageChunk> chunks;   // Ascending in the file and on the drive, without a gap in the file.

  static constexpr auto fields() {
    using P = ImagePartition;
    return std::tuple{field("number", &P::number),
                      field("role", &P::role),
                      field("type", &P::type),
                      field("name", &P::name),
                      field("attributes", &P::attributes),
                      field("source", &P::source),
                      field("size_bytes", &P::size_bytes),
                      field("minimum_bytes", &P::minimum_bytes),
                      field("grows", &P::grows),
                      field("file_system", &P::file_system),
                      field("label", &P::label),
                      field("uuid", &P::uuid),
                      field("block_bytes", &P::block_bytes),
                      field("block_count", &P::block_count),
                      field("file", &P::file),
                      field("header_length", &P::header_length),
                      field("header_sha256", &P::header_sha256),
                      field("chunks", &P::chunks)};
  }
  bool operator==(const ImagePartition&) const = default;
};

struct ImageFile {  // Every file of the folder but the manifest and its signature.
  std::string name;
  std::uint64_t size_bytes = 0;
  Sha256Digest sha256{};

  static constexpr auto fields() {
    return std::tuple{field("name", &ImageFile::name), field("size_bytes", &ImageFile::size_bytes),
                      field("sha256", &ImageFile::sha256)};
  }
  bool operator==(const ImageFile&) const = default;
};

// What the BIOS starts. GRUB's core image is the content of the BIOS-boot partition, or of the gap behind LBA 0.
struct BootCode {
  std::string first_block_file;  // LBA 0 of the source, 512 bytes: boot.img in bytes 0-439, "sda-mbr".
  std::string gap_file;  // LBA 1 up to the first partition, "sda-hidden-data-after-mbr"; empty: no gap is needed.

  static constexpr auto fields() {
    return std::tuple{field("first_block_file", &BootCode::first_block_file), field("gap_file", &BootCode::gap_file)};
  }
  bool operator==(const BootCode&) const = default;
};

struct SourceFacts {
  std::uint64_t size_bytes = 0;
  std::uint32_t logical_bytes = 512;
  TableKind table = TableKind::Gpt;
  std::string disk_id;             // Of its table, lower case; the target gets another.
  std::vector<Firmware> firmware;  // Which of them it boots under.

  static constexpr auto fields() {
    return std::tuple{field("size_bytes", &SourceFacts::size_bytes),
                      field("logical_bytes", &SourceFacts::logical_bytes), field("table", &SourceFacts::table),
                      field("disk_id", &SourceFacts::disk_id), field("firmware", &SourceFacts::firmware)};
  }
  bool operator==(const SourceFacts&) const = default;
};

struct Manifest {
  std::uint32_t format = 1;
  std::string name;            // Of the image: letters, digits, '.', '_' and '-'.
  std::int64_t created_s = 0;  // By the clock of the PC that captured: for people only.
  std::string made_by;         // "relance 1.0-3-gabcdef", "partclone".
  SourceFacts source;
  std::uint64_t minimum_bytes = 0;  // Smallest drive: every minimum aligned, and both tables.
  std::optional<BootCode> boot;
  std::vector<ImagePartition> partitions;
  std::vector<ImageFile> files;

  const ImageFile* file(std::string_view name) const;
  // What a partition's file consists of: itself, or its volumes if it was split (FILE.aa, FILE.ab…), in order.
  std::vector<const ImageFile*> volumes(const ImagePartition& partition) const;

  static constexpr auto fields() {
    using M = Manifest;
    return std::tuple{field("format", &M::format),       field("name", &M::name),
                      field("created_s", &M::created_s), field("made_by", &M::made_by),
                      field("source", &M::source),       field("minimum_bytes", &M::minimum_bytes),
                      field("boot", &M::boot),           field("partitions", &M::partitions),
                      field("files", &M::files)};
  }
  bool operator==(const Manifest&) const = default;
};

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kManifestSignatureFile = "manifest.json.p7s";
inline constexpr std::uint64_t kLargestManifest = std::uint64_t{64}
                                                  << 20;  // 800 GB of used blocks; a tree of it fits old PCs.

std::string manifest_text(const Manifest& manifest);
// Corrupt with Stop::ImageHostile: not JSON, a member missing, or anything that validate() refuses.
Result<Manifest> parse_manifest(std::string_view text);

// Letters, digits, '.', '_', '-' and '+', at most 128, and neither '.' nor '-' first: also a folder's name everywhere.
bool is_image_name(std::string_view name);

// Every length, offset, size and name fits every other one; no arithmetic of a later step can wrap.
Result<void> validate(const Manifest& manifest);
// The same without the frames: for an image made elsewhere, whose chunks are ours but whose frames are not.
Result<void> validate_layout(const Manifest& manifest);

// The smallest drive for these partitions: 1 MiB in front, each partition's minimum aligned, 1 MiB behind.
std::uint64_t smallest_drive(const std::vector<ImagePartition>& partitions);

}  // namespace relance
