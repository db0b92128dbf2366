#include "wiper/sim/faulty_device.h"

#include <algorithm>
#include <cstring>

#include "wiper/device/block_buffer.h"
#include "wiper/sim/simulated_executor.h"

namespace relance {
namespace {

Error sick(const char* what) { return {Errc::Io, Stop::DriveSick, std::string("the drive cannot ") + what}; }

}  // namespace

Result<void> FaultyDevice::read(LbaRange range, std::span<std::byte> bytes) {
  if (range.empty()) return drive_.read(range, bytes);
  const Call call = TRY(begin(DriveOperation::Read, range));
  return end(call, call.fault ? read_faulty(call.fault->kind, range, bytes) : drive_.read(range, bytes));
}

Result<void> FaultyDevice::write(LbaRange range, std::span<const std::byte> bytes) {
  if (range.empty()) return drive_.write(range, bytes);
  const Call call = TRY(begin(DriveOperation::Write, range));
  return end(call, call.fault ? write_faulty(call.fault->kind, range, bytes) : drive_.write(range, bytes));
}

Result<void> FaultyDevice::flush() {
  const Call call = TRY(begin(DriveOperation::Flush, {}));
  const bool fails = call.fault && call.fault->kind == FaultKind::FlushError;
  return end(call, fails ? drive_.fail_flush() : drive_.flush());
}

std::vector<Access> FaultyDevice::accesses() const {
  const std::lock_guard lock(mutex_);
  return accesses_;
}

Result<FaultyDevice::Call> FaultyDevice::begin(DriveOperation operation, LbaRange range) {
  Call call{.access = {.operation = operation, .range = range, .began_at = operations()}, .fault = {}};
  {
    const std::lock_guard lock(mutex_);
    call.fault = faults_.strike(operation, range);
  }
  if (call.fault) call.access.fault = call.fault->kind;
  if (call.access.fault == FaultKind::Vanish) has_vanished_ = true;
  if (has_vanished_) return Error{Errc::Gone, Stop::DriveGone, "the drive is gone"};
  if (call.access.fault == FaultKind::Hang) {
    const Result<void> woke = hang(call.fault->span);
    if (!woke.ok()) return end(call, woke).error();
  }
  return call;
}

Result<void> FaultyDevice::hang(nanoseconds span) {
  const std::shared_ptr<Seam>& seam = drive_.seam();
  require(seam != nullptr, "a drive that hangs needs the seam of a boot");
  const bool is_on = span == kForEver ? seam->spend_until(kNoDeadline) : seam->spend(span);
  if (!is_on) return no_power();
  return {};
}

Result<void> FaultyDevice::end(Call call, Result<void> answer) {
  call.access.ok = answer.ok();
  call.access.ended_at = operations();
  const std::lock_guard lock(mutex_);
  accesses_.push_back(call.access);
  return answer;
}

Result<void> FaultyDevice::read_faulty(FaultKind kind, LbaRange range, std::span<std::byte> bytes) {
  switch (kind) {
    case FaultKind::ReadError: {
      TRY(drive_.idle("unread", range));
      return sick("read");
    }
    case FaultKind::ReadElsewhere:
      return drive_.read(elsewhere(range), bytes);
    case FaultKind::ReadNothing: {
      BlockBuffer whole(bytes.size());
      TRY(drive_.read(range, whole.bytes()));
      const std::size_t delivered = static_cast<std::size_t>(draw_below(range.count)) * geometry().logical_bytes;
      std::memcpy(bytes.data(), whole.bytes().data(), delivered);
      return {};
    }
    default:
      return drive_.read(range, bytes);
  }
}

Result<void> FaultyDevice::write_faulty(FaultKind kind, LbaRange range, std::span<const std::byte> bytes) {
  switch (kind) {
    case FaultKind::WriteError: {
      TRY(write_some(range, bytes));
      return sick("write");
    }
    case FaultKind::LostWrite:
      return drive_.idle("lost", range);
    case FaultKind::TornWrite:
      return write_some(range, bytes);
    case FaultKind::MisdirectedWrite:
      return drive_.write(elsewhere(range), bytes);
    default:
      return drive_.write(range, bytes);
  }
}

// Each block lands or does not, but not all of them do.
Result<void> FaultyDevice::write_some(LbaRange range, std::span<const std::byte> bytes) {
  const std::uint32_t block_bytes = geometry().logical_bytes;
  const std::uint64_t never = draw_below(range.count);
  BlockBuffer block(block_bytes);
  for (std::uint64_t i = 0; i < range.count; ++i) {
    if (i == never || draw_below(2) == 0) continue;
    std::memcpy(block.bytes().data(), bytes.data() + static_cast<std::size_t>(i) * block_bytes, block_bytes);
    TRY(drive_.write({range.first + i, 1}, block.bytes()));
  }
  return {};
}

// As many blocks at another place; the same place only if there is no other.
LbaRange FaultyDevice::elsewhere(LbaRange range) {
  const std::uint64_t places = geometry().block_count - range.count + 1;
  if (places < 2) return range;
  const std::uint64_t first = draw_below(places - 1);
  return {first < range.first ? first : first + 1, range.count};
}

std::uint64_t FaultyDevice::draw_below(std::uint64_t bound) {
  const std::lock_guard lock(mutex_);
  return random_.below(bound);
}

}  // namespace relance
