#include "wiper/sim/simulated_drive.h"

#include <algorithm>
#include <limits>

namespace relance {
namespace {

std::string blocks_text(LbaRange range) { return std::to_string(range.first) + "+" + std::to_string(range.count); }

}  // namespace

SimulatedDrive::SimulatedDrive(Geometry geometry, DriveTemper temper)
    : geometry_(geometry),
      temper_(temper),
      shown_blocks_(geometry.block_count),
      platter_(geometry, kFactoryContent),
      random_(temper.seed, "drive") {}

Result<void> SimulatedDrive::read(LbaRange range, std::span<std::byte> bytes) {
  TRY(check(range, bytes));
  const Seam::Turn turn = TRY(enter("read", range));
  TRY(move(range));
  if (turn == Seam::Turn::Fails) return Error{Errc::Io, Stop::DriveSick, name_ + " cannot read " + blocks_text(range)};
  const std::lock_guard lock(mutex_);
  for (const LbaRange place : places_of(range)) {
    const std::size_t size = static_cast<std::size_t>(place.count) * geometry_.logical_bytes;
    platter_.read(place, bytes.first(size));
    bytes = bytes.subspan(size);
  }
  return {};
}

Result<void> SimulatedDrive::write(LbaRange range, std::span<const std::byte> bytes) {
  TRY(check(range, bytes));
  const Seam::Turn turn = TRY(enter("write", range));
  if (turn == Seam::Turn::Fails) return Error{Errc::Io, Stop::DriveSick, name_ + " cannot write " + blocks_text(range)};
  const std::vector<Platter::Ticket> tickets = [&] {
    const std::lock_guard lock(mutex_);
    std::vector<Platter::Ticket> taken;
    for (const LbaRange place : places_of(range)) {
      const std::size_t size = static_cast<std::size_t>(place.count) * geometry_.logical_bytes;
      taken.push_back(platter_.accept(place, bytes.first(size)));
      bytes = bytes.subspan(size);
    }
    return taken;
  }();
  TRY(move(range));
  const std::lock_guard lock(mutex_);
  for (const Platter::Ticket ticket : tickets) platter_.acknowledge(ticket);
  return {};
}

Result<void> SimulatedDrive::flush_cache(bool fails) {
  const Seam::Turn turn = TRY(enter("flush", {}));
  const std::set<Platter::Ticket> covered = [&] {
    const std::lock_guard lock(mutex_);
    return platter_.begin_flush();
  }();
  TRY(spend(temper_.slowest_flush));
  const std::lock_guard lock(mutex_);
  if (fails || turn == Seam::Turn::Fails) {
    platter_.fail_flush();
    return Error{Errc::Io, Stop::DriveSick, name_ + " cannot flush"};
  }
  platter_.finish_flush(covered);
  return {};
}

Result<void> SimulatedDrive::idle(const char* what, LbaRange range) {
  TRY(enter(what, range));
  return spend(temper_.slowest_access);
}

void SimulatedDrive::plug_into(std::shared_ptr<Seam> seam, std::string name) {
  seam_ = std::move(seam);
  busy_until_ = {};
  name_ = std::move(name);
}

void SimulatedDrive::cut_power() {
  const std::lock_guard lock(mutex_);
  platter_.cut_power(random_);
}

Bytes SimulatedDrive::platter() const {
  const std::lock_guard lock(mutex_);
  return Bytes(platter_.bytes().begin(), platter_.bytes().end());
}

Bytes SimulatedDrive::as_read() const {
  const std::lock_guard lock(mutex_);
  return platter_.as_read();
}

void SimulatedDrive::put(std::uint64_t first_lba, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  platter_.put(first_lba, bytes);
}

Result<void> SimulatedDrive::check(LbaRange range, std::span<const std::byte> bytes) const {
  require(reinterpret_cast<std::uintptr_t>(bytes.data()) % geometry_.logical_bytes == 0,
          "block I/O from unaligned memory");
  require(bytes.size() == range.count * geometry_.logical_bytes, "block I/O with a buffer of another length");
  const bool wraps = range.count > std::numeric_limits<std::uint64_t>::max() - range.first;
  if (wraps || !geometry().whole().covers(range))
    return Error{Errc::Invalid, Stop::Internal, name_ + " has no blocks " + blocks_text(range)};
  if (refuses_blocks_) return Error{Errc::Io, Stop::DriveSick, name_ + " is locked, or erases itself"};
  return {};
}

// Off: an answer already. A write during which the power goes still reaches the cache, and is torn there.
Result<Seam::Turn> SimulatedDrive::enter(const char* what, LbaRange range) {
  if (!seam_) return Seam::Turn::Acts;
  const Seam::Turn turn = seam_->enter(name_ + " " + what + " " + blocks_text(range));
  if (turn == Seam::Turn::Off) return no_power();
  return turn;
}

Result<void> SimulatedDrive::spend(nanoseconds longest) {
  if (!seam_) return {};
  const nanoseconds span = [&] {
    const std::lock_guard lock(mutex_);
    return nanoseconds(random_.between(1, static_cast<std::uint64_t>(longest.count())));
  }();
  if (!seam_->spend(span)) return no_power();
  return {};
}

// A drive has one pair of heads: a call waits for the one before.
Result<void> SimulatedDrive::move(LbaRange range) {
  if (!seam_ || temper_.outer_bytes_per_s == 0) return spend(temper_.slowest_access);
  const auto place = static_cast<double>(range.first) / static_cast<double>(geometry_.block_count);
  const auto outer = static_cast<double>(temper_.outer_bytes_per_s);
  const auto inner = static_cast<double>(temper_.inner_bytes_per_s);
  const bool is_collapsed = place * 100 >= temper_.collapses_at_percent;
  const double speed =
      is_collapsed ? static_cast<double>(temper_.collapsed_bytes_per_s) : outer + (inner - outer) * place;
  const double bytes = static_cast<double>(range.count) * geometry_.logical_bytes;
  const nanoseconds span(static_cast<std::int64_t>(bytes / speed * 1e9));
  const Moment now = seam_->executor().now();
  const Moment end = [&] {
    const std::lock_guard lock(mutex_);
    busy_until_ = std::max(busy_until_, now) + span;
    return busy_until_;
  }();
  if (!seam_->spend_until(end)) return no_power();
  return {};
}

std::vector<LbaRange> SimulatedDrive::places_of(LbaRange range) const {
  if (temper_.wraps_at == 0) return {range};
  std::vector<LbaRange> places;
  while (!range.empty()) {
    const std::uint64_t first = range.first % temper_.wraps_at;
    const std::uint64_t count = std::min(range.count, temper_.wraps_at - first);
    places.push_back({first, count});
    range = {range.first + count, range.count - count};
  }
  return places;
}

}  // namespace relance
