#include "imager/filesystem/swap_header.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::uint64_t kPage = 4096;  // Of every PC.
constexpr std::uint64_t kFewestPages = 10;
constexpr std::size_t kVersionOffset = 1024;
constexpr std::size_t kLastPageOffset = 1028;
constexpr std::size_t kUuidOffset = 1036;
constexpr std::size_t kLabelOffset = 1052;
constexpr std::size_t kLabelBytes = 16;
constexpr std::string_view kMagic = "SWAPSPACE2";

}  // namespace

Result<Bytes> swap_header(std::uint64_t partition_bytes, const std::string& uuid, const std::string& label) {
  const std::uint64_t pages = std::min<std::uint64_t>(partition_bytes / kPage, UINT32_MAX);
  if (pages < kFewestPages) return Error{Errc::Invalid, Stop::ImageHostile, "a swap partition that is too small"};
  std::string digits = uuid;
  std::erase(digits, '-');
  const Bytes id = TRY(from_hex(digits));

  Bytes page(kPage);
  const std::span<std::byte> out(page);
  store_le<std::uint32_t>(out.subspan(kVersionOffset), 1);
  store_le<std::uint32_t>(out.subspan(kLastPageOffset), static_cast<std::uint32_t>(pages - 1));
  std::copy_n(id.begin(), std::min<std::size_t>(id.size(), 16), out.begin() + kUuidOffset);
  const auto name = as_bytes(label);
  std::copy_n(name.begin(), std::min(name.size(), kLabelBytes), out.begin() + kLabelOffset);
  std::copy(as_bytes(kMagic).begin(), as_bytes(kMagic).end(), out.end() - static_cast<std::ptrdiff_t>(kMagic.size()));
  return page;
}

}  // namespace relance
