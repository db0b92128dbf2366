#pragma once
// A fuzzer's input as a partition: its bytes, or, behind the word "sparse", pieces of one of 4 MiB: u32 offset, u32 size, bytes.

#include <algorithm>

#include "wiper/base/bytes.h"

namespace relance {

inline Bytes partition_of(std::span<const std::byte> input) {
  constexpr std::string_view kSparse = "sparse";
  if (!as_text(input).starts_with(kSparse)) return {input.begin(), input.end()};
  Bytes partition(std::size_t{4} << 20);
  input = input.subspan(kSparse.size());
  while (input.size() >= 8) {
    const std::size_t offset = load_le<std::uint32_t>(input);
    const std::size_t size = std::min<std::size_t>(load_le<std::uint32_t>(input.subspan(4)), input.size() - 8);
    if (offset > partition.size() || size > partition.size() - offset) break;
    std::copy_n(input.begin() + 8, size, partition.begin() + static_cast<std::ptrdiff_t>(offset));
    input = input.subspan(8 + size);
  }
  return partition;
}

}  // namespace relance
