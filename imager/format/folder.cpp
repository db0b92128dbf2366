#include "imager/format/folder.h"

namespace relance {

Result<std::vector<std::byte>> read_whole(FileSource& file, std::uint64_t limit) {
  if (file.size_bytes() > limit)
    return Error{Errc::Corrupt, Stop::ImageHostile, "a file of " + std::to_string(file.size_bytes()) + " bytes"};
  std::vector<std::byte> bytes(static_cast<std::size_t>(file.size_bytes()));
  TRY(file.read(0, bytes));
  return bytes;
}

}  // namespace relance
