#include "wiper/sim/platter.h"

#include <algorithm>

namespace relance {

Platter::Platter(Geometry geometry, std::byte fill)
    : geometry_(geometry), bytes_(static_cast<std::size_t>(geometry.size_bytes()), fill) {}

void Platter::land(std::uint64_t lba, std::span<const std::byte> block) {
  std::copy(block.begin(), block.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset_of(lba)));
}

void Platter::read(LbaRange range, std::span<std::byte> into) const {
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset_of(range.first)), into.size(), into.begin());
  const auto end = cache_.lower_bound(range.end());
  for (auto found = cache_.lower_bound(range.first); found != end; ++found) {
    const Bytes& newest = found->second.back().bytes;
    std::copy(newest.begin(), newest.end(),
              into.begin() + static_cast<std::ptrdiff_t>(offset_of(found->first - range.first)));
  }
}

Bytes Platter::as_read() const {
  Bytes all(bytes_.size());
  read(geometry_.whole(), all);
  return all;
}

Platter::Ticket Platter::accept(LbaRange range, std::span<const std::byte> bytes) {
  const Ticket ticket = next_++;
  for (std::uint64_t i = 0; i < range.count; ++i) {
    const auto block = bytes.subspan(offset_of(i), geometry_.logical_bytes);
    cache_[range.first + i].push_back({ticket, Bytes(block.begin(), block.end())});
  }
  return ticket;
}

void Platter::acknowledge(Ticket ticket) {
  if (ticket >= first_remembered_) acknowledged_.insert(ticket);
}

void Platter::finish_flush(const std::set<Ticket>& covered) {
  for (auto block = cache_.begin(); block != cache_.end();) {
    std::vector<Version>& versions = block->second;
    const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                     [&](const Version& each) { return covered.contains(each.ticket); });
    if (newest != versions.rend()) {
      land(block->first, newest->bytes);
      versions.erase(versions.begin(), newest.base());  // Older ones were replaced in the cache by it.
    }
    block = versions.empty() ? cache_.erase(block) : std::next(block);
  }
  for (const Ticket ticket : covered) acknowledged_.erase(ticket);
}

void Platter::fail_flush() {
  acknowledged_.clear();
  first_remembered_ = next_;
}

void Platter::cut_power(SeededRandom& random) {
  enum class Fate : std::uint8_t { Lands, Lost, Torn };
  std::map<Ticket, Fate> fates;
  for (const auto& [lba, versions] : cache_)
    for (const Version& version : versions)
      if (!fates.contains(version.ticket)) fates[version.ticket] = static_cast<Fate>(random.below(3));

  for (const auto& [lba, versions] : cache_)
    for (const Version& version : versions) {
      const Fate fate = fates[version.ticket];
      if (fate == Fate::Lands || (fate == Fate::Torn && random.one_in(2))) land(lba, version.bytes);
    }
  cache_.clear();
  acknowledged_.clear();
}

void Platter::put(std::uint64_t first_lba, std::span<const std::byte> bytes) {
  require(bytes.size() % geometry_.logical_bytes == 0, "whole blocks are put on a platter");
  for (std::size_t offset = 0; offset < bytes.size(); offset += geometry_.logical_bytes) {
    const std::uint64_t lba = first_lba + offset / geometry_.logical_bytes;
    cache_.erase(lba);
    land(lba, bytes.subspan(offset, geometry_.logical_bytes));
  }
}

}  // namespace relance
