#pragma once
// Bytes at any offset of a drive, for parsers: whole blocks are read, these bytes handed out.

#include "wiper/base/bytes.h"
#include "wiper/device/block_device.h"

namespace relance {

// Exactly `bytes.size()` bytes from byte_offset on. Invalid: outside the drive. Otherwise the reader's own errors.
Result<void> read_bytes(BlockReader& reader, std::uint64_t byte_offset, std::span<std::byte> bytes);
Result<Bytes> read_bytes(BlockReader& reader, std::uint64_t byte_offset, std::size_t size);

}  // namespace relance
