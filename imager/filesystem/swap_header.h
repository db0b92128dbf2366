#pragma once
// What mkswap writes: the first page of a swap partition. Byte table in swap.cpp.

#include "wiper/base/bytes.h"

namespace relance {

// 4096 bytes. `uuid` in lower case with dashes, or empty for none. Invalid: a partition of less than ten pages, which
// mkswap and the kernel refuse.
Result<Bytes> swap_header(std::uint64_t partition_bytes, const std::string& uuid, const std::string& label);

}  // namespace relance
