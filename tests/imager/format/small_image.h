#pragma once
// A whole image made by hand: a BIOS-boot partition, an ESP of nothing, a root of three chunks and swap, in a folder of
// memory, with a manifest that fits.

#include "imager/format/frame.h"
#include "imager/format/image_folder.h"
#include "imager/format/partclone.h"
#include "tests/support/memory_folder.h"

namespace relance {

inline constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// Bytes that depend on the block and compress a little.
inline Bytes blocks_of(const ExtentSet& extents, std::uint32_t block_bytes) {
  Bytes bytes;
  for (const LbaRange range : extents.ranges())
    for (std::uint64_t block = range.first; block < range.end(); ++block)
      for (std::uint32_t i = 0; i < block_bytes; ++i)
        bytes.push_back(static_cast<std::byte>((block * 2654435761U + i * i) >> (i % 7)));
  return bytes;
}

inline Sha256Digest add_file(MemoryFolder& folder, Manifest& manifest, const std::string& name, Bytes bytes) {
  const Sha256Digest digest = sha256(bytes);
  manifest.files.push_back({name, bytes.size(), digest});
  folder.files[name] = std::move(bytes);
  return digest;
}

inline void append(Bytes& file, std::span<const std::byte> bytes) {
  file.insert(file.end(), bytes.begin(), bytes.end());
}

// The partition's file, its chunks as given; `zeros` tells which of them are nothing but zeros.
inline void add_partition_file(MemoryFolder& folder, Manifest& manifest, ImagePartition& partition,
                               const std::vector<ExtentSet>& chunks, const std::vector<bool>& zeros = {}) {
  FrameEncoder encoder(kDefaultLevel);
  ExtentSet used;
  for (const ExtentSet& extents : chunks) used.add(extents);
  Bytes file;
  if (partition.file_system != FileSystemKind::Raw) {
    const Bytes head = stream_head({.file_system = "EXTFS",
                                    .device_bytes = partition.block_count * partition.block_bytes,
                                    .block_count = partition.block_count,
                                    .block_bytes = partition.block_bytes},
                                   used);
    file = encoder.encode(head);
    partition.header_length = static_cast<std::uint32_t>(file.size());
    partition.header_sha256 = sha256(file);
  }
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    Bytes bytes = blocks_of(chunks[i], partition.block_bytes);
    const bool zero = i < zeros.size() && zeros[i];
    if (zero) std::fill(bytes.begin(), bytes.end(), std::byte{0});
    const Bytes frame = encoder.encode(bytes);
    partition.chunks.push_back({.offset = file.size(),
                                .length = static_cast<std::uint32_t>(frame.size()),
                                .frame_sha256 = sha256(frame),
                                .zero = zero,
                                .sha256 = sha256(bytes),
                                .extents = chunks[i]});
    append(file, frame);
  }
  add_file(folder, manifest, partition.file, std::move(file));
}

struct SmallImage {
  std::shared_ptr<MemoryFolder> folder = std::make_shared<MemoryFolder>();
  Manifest manifest;

  SmallImage() {
    manifest.name = "xubuntu-24.04";
    manifest.created_s = 1'795'000'000;
    manifest.made_by = "a test";
    manifest.source = {.size_bytes = 64 * kMiB,
                       .logical_bytes = 512,
                       .table = TableKind::Gpt,
                       .disk_id = "11111111-2222-3333-4444-555555555555",
                       .firmware = {Firmware::Bios, Firmware::Uefi}};
    manifest.boot = BootCode{.first_block_file = "sda-mbr", .gap_file = ""};
    add_file(*folder, manifest, "sda-mbr", Bytes(512, std::byte{0xEB}));
    add_file(*folder, manifest, "parts", Bytes(10, std::byte{'a'}));
    add_bios_boot();
    add_root();
    add_swap();
    publish();
  }

  void publish() {
    manifest.minimum_bytes = smallest_drive(manifest.partitions);
    const std::string text = manifest_text(manifest);
    folder->files[kManifestFile] = Bytes(as_bytes(text).begin(), as_bytes(text).end());
  }

 private:
  void add_bios_boot() {
    ImagePartition partition{.number = 1,
                             .role = PartitionRole::BiosBoot,
                             .type = "21686148-6449-6e6f-744e-656564454649",
                             .source = {2048, 2048},
                             .size_bytes = kMiB,
                             .minimum_bytes = kMiB,
                             .block_bytes = 512,
                             .block_count = 2048,
                             .file = "sda1.dd-ptcl-img.zst"};
    add_partition_file(*folder, manifest, partition, {{{0, 2048}}});
    manifest.partitions.push_back(partition);
  }
  void add_root() {
    ImagePartition partition{.number = 3,
                             .role = PartitionRole::Root,
                             .type = "0fc63daf-8483-4772-8e79-3d69d8477de4",
                             .name = "Société Générale",
                             .source = {4096, 98304},
                             .size_bytes = 48 * kMiB,
                             .minimum_bytes = 20 * kMiB,
                             .grows = true,
                             .file_system = FileSystemKind::Ext4,
                             .label = "master",
                             .uuid = "01234567-89ab-cdef-0123-456789abcdef",
                             .block_bytes = 4096,
                             .block_count = 12000,
                             .file = "sda3.ext4-ptcl-img.zst"};
    add_partition_file(*folder, manifest, partition, {{{0, 700}, {800, 1}}, {{2000, 1024}}, {{5000, 12}, {11999, 1}}},
                       {false, true, false});
    manifest.partitions.push_back(partition);
  }
  void add_swap() {
    manifest.partitions.push_back({.number = 4,
                                   .role = PartitionRole::Swap,
                                   .type = "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f",
                                   .source = {104448, 4096},
                                   .size_bytes = 2 * kMiB,
                                   .minimum_bytes = 2 * kMiB,
                                   .file_system = FileSystemKind::Swap,
                                   .uuid = "aaaaaaaa-89ab-cdef-0123-456789abcdef",
                                   .block_bytes = 4096,
                                   .block_count = 512});
  }
};

}  // namespace relance
