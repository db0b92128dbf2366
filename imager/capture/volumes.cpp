#include "imager/capture/volumes.h"

#include <algorithm>

#include "imager/format/joined_file.h"

namespace relance {

Result<void> Volumes::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (sink_ && files_.back().size_bytes == room_each_) TRY(end_file());
    if (!sink_) TRY(begin_file());
    ImageFile& file = files_.back();
    std::size_t count = bytes.size();
    if (room_each_) count = static_cast<std::size_t>(std::min<std::uint64_t>(count, *room_each_ - file.size_bytes));
    TRY(sink_->append(bytes.first(count)));
    hash_.update(bytes.first(count));
    file.size_bytes += count;
    size_ += count;
    bytes = bytes.subspan(count);
  }
  return {};
}

Result<void> Volumes::finish() {
  if (!sink_) TRY(begin_file());  // Of nothing.
  return end_file();
}

Result<void> Volumes::begin_file() {
  if (files_.size() == kMostVolumes)
    return Error{Errc::Refused, Stop::StickFull, name_ + " would need more volumes than two letters name"};
  ImageFile file;
  file.name = is_split() ? name_ + volume_suffix(files_.size()) : name_;
  sink_ = TRY(folder_.create(file.name));
  files_.push_back(std::move(file));
  return {};
}

Result<void> Volumes::end_file() {
  TRY(sink_->finish());
  sink_.reset();
  files_.back().sha256 = hash_.finish();
  return {};
}

}  // namespace relance
