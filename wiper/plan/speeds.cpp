#include "wiper/plan/speeds.h"

#include <algorithm>
#include <cmath>

namespace relance {
namespace {

constexpr std::uint64_t kMB = 1'000'000;

// Sustained writing, once the cache that a maker's figure is of is full: what a middling drive of the kind does, so that
// half of them are faster. Corrected from the drive itself within the first minute.
struct KindRow {
  Bus bus;
  std::uint64_t flash;
};
constexpr KindRow kKinds[] = {{Bus::Nvme, 500 * kMB},   {Bus::Ata, 200 * kMB},     {Bus::Scsi, 200 * kMB},
                              {Bus::Virtio, 200 * kMB}, {Bus::Mmc, 50 * kMB},      {Bus::SdCard, 15 * kMB},
                              {Bus::Usb, 25 * kMB},     {Bus::Firewire, 30 * kMB}, {Bus::Thunderbolt, 300 * kMB}};
constexpr double kRounding = 1e-6;                   // Seconds: what the arithmetic may add to a whole number.
constexpr std::uint64_t kRotatingOuter = 120 * kMB;  // Of 2010, say; the inner edge of a platter gives half of it.

// Seconds a byte, averaged where the speed falls evenly from one value to the other: the integral of 1/v.
double slowness(double from, double to) {
  if (std::abs(from - to) < from * 1e-6) return 1 / from;
  return std::log(from / to) / (from - to);
}

// At this part of the way from the outer edge to the inner one.
double speed_at(const Speeds& speeds, double place) {
  const auto outer = static_cast<double>(speeds.outer);
  const auto middle = static_cast<double>(speeds.middle);
  const auto inner = static_cast<double>(speeds.inner);
  return place < 0.5 ? outer + (middle - outer) * place * 2 : middle + (inner - middle) * (place - 0.5) * 2;
}

// Of a part that lies in one half of the drive.
double seconds_in(const Speeds& speeds, double bytes, double begin, double end) {
  return bytes * (end - begin) * slowness(speed_at(speeds, begin), speed_at(speeds, end));
}

}  // namespace

Speeds speeds_of_kind(const DriveFacts& drive) {
  if (drive.kind == DriveKind::File || drive.kind == DriveKind::Loop) return {};
  if (drive.medium == Medium::Rotating) return {kRotatingOuter, kRotatingOuter * 3 / 4, kRotatingOuter / 2, true};
  const auto* const row =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindRow& each) { return each.bus == drive.bus; });
  if (row == std::end(kKinds)) return {};
  return {row->flash, row->flash, row->flash, true};
}

Speeds expected_speeds(const DriveFacts& drive, const Speeds& probed) {
  const Speeds of_kind = speeds_of_kind(drive);
  if (!probed.is_known()) return of_kind;
  const bool reads_as_it_writes = drive.medium == Medium::Rotating || !of_kind.is_known();
  if (reads_as_it_writes) return probed;
  return {std::min(of_kind.outer, probed.outer), std::min(of_kind.middle, probed.middle),
          std::min(of_kind.inner, probed.inner), true};
}

std::uint64_t seconds_for(std::uint64_t bytes, const Speeds& speeds) {
  if (!speeds.is_known()) return 0;
  return static_cast<std::uint64_t>(std::ceil(expected_seconds(speeds, 0, bytes, bytes) - kRounding));
}

double expected_seconds(const Speeds& speeds, std::uint64_t from, std::uint64_t to, std::uint64_t all) {
  if (from >= to) return 0;
  if (!speeds.is_known()) return static_cast<double>(to - from);
  const auto whole = static_cast<double>(all);
  const double begin = static_cast<double>(from) / whole;
  const double end = static_cast<double>(to) / whole;
  const double half = 0.5;
  double seconds = 0;
  if (begin < half) seconds += seconds_in(speeds, whole, begin, std::min(end, half));
  if (end > half) seconds += seconds_in(speeds, whole, std::max(begin, half), end);
  return seconds;
}

}  // namespace relance
