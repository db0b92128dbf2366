#pragma once
// An ext4 that an image has put on the drive, made to fill its partition and to know its machine: grown (or cut) by
// e2fsck and resize2fs on a memory copy of its metadata, its files changed there by libext2fs. The drive is only read;
// what comes out is what must be written.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "imager/filesystem/byte_reader.h"
#include "wiper/base/tools.h"
#include "wiper/device/extent_set.h"

namespace relance {

struct FileWish {    // A regular file, made or replaced, owned by root. Missing folders are made.
  std::string path;  // "etc/hostname": from the file system's root, without a slash in front.
  Bytes content;
  std::uint16_t mode = 0644;
};

struct RefitRequest {
  // The file system takes so many bytes, or as many of them as it can without moving what files hold.
  std::uint64_t size_bytes = 0;
  std::vector<FileWish> files;
  std::vector<std::string> removed = {};  // Files, links, whole folders; what is not there is no trouble.
  // What is zero on the drive for sure, as byte ranges in units of kZeroUnit from the partition's start. New inode tables
  // among them need not be cleared by the first start of the system.
  ExtentSet zeros;
};
inline constexpr std::uint64_t kZeroUnit = 512;

// By byte offset in the partition: whole blocks of the file system, each of which must be written.
using ChangedBlocks = std::map<std::uint64_t, Bytes>;

// `held` reaches to the end of the file system as it is and to size_bytes, even where the partition is smaller.
// The same bytes and request give the same changes: all times inside are the master's.
// ToolFailed: e2fsck or resize2fs failed, or did what nobody asked for. ImageHostile: not an ext4 that we read.
Result<ChangedBlocks> refit_ext4(Tools& tools, ByteReader& held, const RefitRequest& request);

// A file's content, without following symbolic links; nothing if there is no such regular file. ImageHostile: larger than
// `limit`.
Result<std::optional<Bytes>> read_ext4_file(ByteReader& held, const std::string& path, std::uint64_t limit);

struct Ext4Facts {
  std::uint64_t size_bytes = 0;  // As its superblock claims.
  std::uint32_t block_bytes = 0;
  std::string uuid;  // Lower case.
};
Result<Ext4Facts> read_ext4_facts(ByteReader& held);

}  // namespace relance
