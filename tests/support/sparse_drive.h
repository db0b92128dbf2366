#pragma once
// A drive that costs what was written to it: 67 GB for a test of partition tables and file systems. What nobody wrote is
// zeros, or the noise of an erase pass.

#include <cstring>
#include <fstream>
#include <map>
#include <optional>

#include "tests/support/shell.h"
#include "wiper/crypto/keyed_stream.h"
#include "wiper/device/block_device.h"

namespace relance {

class SparseDrive : public BlockDevice {
 public:
  explicit SparseDrive(Geometry geometry, std::optional<KeyedStream> noise = {}) : geometry_(geometry), noise_(noise) {}

  Geometry geometry() const override { return geometry_; }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override {
    require(geometry_.whole().covers(range), "a read outside of the drive");
    visit(range, [&](std::uint64_t page, std::size_t at, std::size_t done, std::size_t count) {
      const Bytes held = page_at(page);
      std::memcpy(bytes.data() + done, held.data() + at, count);
    });
    return {};
  }
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override {
    require(geometry_.whole().covers(range), "a write outside of the drive");
    visit(range, [&](std::uint64_t page, std::size_t at, std::size_t done, std::size_t count) {
      auto found = pages_.find(page);
      if (found == pages_.end()) found = pages_.emplace(page, page_at(page)).first;
      std::memcpy(found->second.data() + at, bytes.data() + done, count);
    });
    written_bytes += bytes.size();
    return {};
  }
  Result<void> flush() override { return {}; }

  // As a sparse file: only what was written, even over noise.
  void save(const std::filesystem::path& path) const {
    std::ofstream(path, std::ios::binary).close();
    std::filesystem::resize_file(path, geometry_.size_bytes());
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    for (const auto& [page, bytes] : pages_) {
      file.seekp(static_cast<std::streamoff>(page * kPageBytes));
      file << as_text(std::span(bytes).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(kPageBytes, geometry_.size_bytes() - page * kPageBytes))));
    }
    file.close();
    require(file.good(), "cannot save a test's drive");
  }
  void flip(std::uint64_t byte_offset) {
    auto found = pages_.find(byte_offset / kPageBytes);
    if (found == pages_.end())
      found = pages_.emplace(byte_offset / kPageBytes, page_at(byte_offset / kPageBytes)).first;
    found->second[static_cast<std::size_t>(byte_offset % kPageBytes)] ^= std::byte{1};
  }
  bool operator==(const SparseDrive& other) const { return pages_ == other.pages_; }

  std::uint64_t written_bytes = 0;

 private:
  static constexpr std::uint64_t kPageBytes = 64 * 1024;

  Bytes page_at(std::uint64_t page) const {
    const auto found = pages_.find(page);
    if (found != pages_.end()) return found->second;
    Bytes bytes(kPageBytes);
    if (noise_) noise_->fill(page * kPageBytes, bytes);
    return bytes;
  }
  template <class Act>
  void visit(LbaRange range, Act act) const {
    std::uint64_t offset = range.first * geometry_.logical_bytes;
    const std::uint64_t end = range.end() * geometry_.logical_bytes;
    for (std::size_t done = 0; offset < end;) {
      const std::uint64_t at = offset % kPageBytes;
      const std::uint64_t count = std::min(kPageBytes - at, end - offset);
      act(offset / kPageBytes, static_cast<std::size_t>(at), done, static_cast<std::size_t>(count));
      offset += count;
      done += static_cast<std::size_t>(count);
    }
  }

  Geometry geometry_;
  std::optional<KeyedStream> noise_;
  std::map<std::uint64_t, Bytes> pages_;
};

}  // namespace relance
