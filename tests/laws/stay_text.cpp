#include "tests/laws/bench.h"

namespace relance {
namespace {

std::string to_text(const Target& target) {
  const Geometry& geometry = target.geometry;
  std::string hidden = target.firmware || target.controller ? " with firmware of its own" : "";
  for (const EraseCommand command : target.drive_erases) hidden += ", told " + std::string(name_of(command));
  return target.method + "/" + std::string(name_of(target.verify)) + (target.has_image ? "+image" : "") +
         (target.is_repaired ? " (repaired)" : "") + (target.takes_reserve ? " (reserve is enough)" : "") +
         (target.wraps.empty() ? "" : " (stamped)") +
         (target.wraps_at == 0 ? "" : " (wraps at " + std::to_string(target.wraps_at) + ")") + " on " +
         std::to_string(geometry.block_count) + "x" + std::to_string(geometry.logical_bytes) + "/" +
         std::to_string(geometry.physical_bytes) + hidden;
}

std::string to_text(const Boot& boot) {
  std::string text;
  if (boot.plan.cut_power_at != 0) text += " power cut at " + std::to_string(boot.plan.cut_power_at);
  if (boot.plan.fail_at != 0) text += " failure at " + std::to_string(boot.plan.fail_at);
  for (const auto& [drive, faults] : boot.plan.drives)
    if (!faults.faults.empty()) text += "; drive " + std::to_string(drive) + ": " + relance::to_text(faults);
  if (!boot.plan.stick.empty()) text += "; stick: " + relance::to_text(boot.plan.stick);
  for (const ForeignWrite& foreign : boot.foreign)
    text +=
        "; foreign write on " + std::to_string(foreign.target) + " at " + relance::to_text(ExtentSet{foreign.range});
  if (boot.replaced) text += "; drive " + std::to_string(*boot.replaced) + " replaced";
  if (boot.person)
    text += std::string("; a person ") + (boot.person->pause == nanoseconds(0) ? "cancels " : "pauses ") +
            std::to_string(boot.person->target);
  return text.empty() ? " nothing happens" : text;
}

}  // namespace

std::string to_text(const Stay& stay) {
  std::string text = "seed " + std::to_string(stay.seed) + ", " + std::to_string(stay.workers) +
                     " workers, chunks of " + std::to_string(stay.chunk_bytes) + "\n";
  for (const Target& target : stay.targets) text += "  target: " + to_text(target) + "\n";
  for (const Boot& boot : stay.boots) text += "  boot:" + to_text(boot) + "\n";
  return text;
}

}  // namespace relance
