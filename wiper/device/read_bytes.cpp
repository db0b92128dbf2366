#include "wiper/device/read_bytes.h"

#include <algorithm>
#include <cstring>

#include "wiper/device/block_buffer.h"

namespace relance {
namespace {

constexpr std::uint64_t kMostBlocks = 2048;  // What one call asks of the drive: 1 MiB in blocks of 512.

}  // namespace

Result<void> read_bytes(BlockReader& reader, std::uint64_t byte_offset, std::span<std::byte> bytes) {
  const Geometry geometry = reader.geometry();
  if (byte_offset > geometry.size_bytes() || bytes.size() > geometry.size_bytes() - byte_offset)
    return Error{Errc::Invalid, Stop::Unspecified, "bytes outside of the drive"};
  if (bytes.empty()) return {};

  const std::uint32_t block = geometry.logical_bytes;
  const std::uint64_t all = (byte_offset % block + bytes.size() + block - 1) / block;
  BlockBuffer buffer(static_cast<std::size_t>(std::min(all, kMostBlocks)) * block);
  while (!bytes.empty()) {
    const auto before = static_cast<std::size_t>(byte_offset % block);
    const std::uint64_t count = std::min((before + bytes.size() + block - 1) / block, buffer.bytes().size() / block);
    const std::span<std::byte> read = buffer.first(static_cast<std::size_t>(count) * block);
    TRY(reader.read({byte_offset / block, count}, read));
    const std::size_t size = std::min(bytes.size(), read.size() - before);
    std::memcpy(bytes.data(), read.data() + before, size);
    bytes = bytes.subspan(size);
    byte_offset += size;
  }
  return {};
}

Result<Bytes> read_bytes(BlockReader& reader, std::uint64_t byte_offset, std::size_t size) {
  Bytes bytes(size);
  TRY(read_bytes(reader, byte_offset, std::span(bytes)));
  return bytes;
}

}  // namespace relance
