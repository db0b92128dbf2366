#pragma once
// What a drive holds: a platter that a power cut leaves alone, and before it a write cache that a power cut empties. As
// weak as BlockDevice allows: a write that has returned is in the cache and no further; a flush makes durable what had
// returned before it began and nothing else; at a power cut each write that no flush covered lands, is lost, or lands in
// some of its blocks, whatever their order was.

#include <map>
#include <set>
#include <span>
#include <vector>

#include "wiper/base/bytes.h"
#include "wiper/device/block_device.h"
#include "wiper/device/extent_set.h"
#include "wiper/sim/seeded_random.h"

namespace relance {

// Not for several threads at once.
class Platter {
 public:
  using Ticket = std::uint64_t;  // A write on its way: drawn when the drive takes it, ascending.

  Platter(Geometry geometry, std::byte fill);

  const Geometry& geometry() const { return geometry_; }
  std::span<const std::byte> bytes() const {
    return bytes_;
  }  // What survives a power cut that comes now, if nothing else lands.
  Bytes as_read() const;  // What the drive answers: the cache before the platter.

  void read(LbaRange range, std::span<std::byte> into) const;
  // The drive takes a write. Before acknowledge() no flush covers it.
  Ticket accept(LbaRange range, std::span<const std::byte> bytes);
  void acknowledge(Ticket ticket);

  // A flush, from its call to its end.
  std::set<Ticket> begin_flush() const { return acknowledged_; }
  void finish_flush(const std::set<Ticket>& covered);
  // A flush that failed: whatever is in the cache now, no later flush will cover it.
  void fail_flush();

  void cut_power(SeededRandom& random);
  // Somebody else wrote this, in another PC or before our time.
  void put(std::uint64_t first_lba, std::span<const std::byte> bytes);

 private:
  struct Version {
    Ticket ticket;
    Bytes bytes;  // One block.
  };

  std::size_t offset_of(std::uint64_t lba) const { return static_cast<std::size_t>(lba) * geometry_.logical_bytes; }
  void land(std::uint64_t lba, std::span<const std::byte> block);

  Geometry geometry_;
  Bytes bytes_;
  std::map<std::uint64_t, std::vector<Version>> cache_;  // By LBA; the oldest write of a block first.
  std::set<Ticket> acknowledged_;                        // Of writes that a flush which begins now would cover.
  Ticket next_ = 1;
  Ticket first_remembered_ = 1;  // Writes taken before a flush that failed are not remembered.
};

}  // namespace relance
