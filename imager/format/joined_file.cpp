#include "imager/format/joined_file.h"

#include <algorithm>

#include "imager/format/chunk_reader.h"

namespace relance {

std::string volume_suffix(std::size_t number) {
  require(number < kMostVolumes, "more volumes than two letters name");
  return {'.', static_cast<char>('a' + number / 26), static_cast<char>('a' + number % 26)};
}

JoinedFile::JoinedFile(std::vector<std::unique_ptr<FileSource>> parts) : parts_(std::move(parts)) {
  for (const auto& part : parts_) size_ += part->size_bytes();
}

Result<void> JoinedFile::read(std::uint64_t offset, std::span<std::byte> bytes) {
  if (offset > size_ || bytes.size() > size_ - offset) return damaged_image("a split file that ends too early");
  std::uint64_t begin = 0;
  for (const auto& part : parts_) {
    const std::uint64_t end = begin + part->size_bytes();
    if (offset < end && !bytes.empty()) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), end - offset));
      TRY(part->read(offset - begin, bytes.first(count)));
      bytes = bytes.subspan(count);
      offset += count;
    }
    begin = end;
  }
  return {};
}

}  // namespace relance
