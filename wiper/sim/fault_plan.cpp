#include "wiper/sim/fault_plan.h"

namespace relance {
namespace {

bool strikes_at(FaultKind kind, DriveOperation operation) {
  switch (kind) {
    case FaultKind::ReadError:
    case FaultKind::ReadNothing:
    case FaultKind::ReadElsewhere:
      return operation == DriveOperation::Read;
    case FaultKind::WriteError:
    case FaultKind::LostWrite:
    case FaultKind::TornWrite:
    case FaultKind::MisdirectedWrite:
      return operation == DriveOperation::Write;
    case FaultKind::FlushError:
      return operation == DriveOperation::Flush;
    case FaultKind::Hang:
    case FaultKind::Vanish:
      return true;
  }
  return false;
}

}  // namespace

bool Fault::concerns(DriveOperation operation, LbaRange range) const {
  return strikes_at(kind, operation) && (!blocks || blocks->overlaps(range));
}

std::optional<Fault> LaidFaults::strike(DriveOperation operation, LbaRange range) {
  ++operations_;
  for (Fault& fault : plan_.faults) {
    if (fault.times == 0 || operations_ < fault.from || !fault.concerns(operation, range)) continue;
    if (fault.times != kAlways) --fault.times;
    return fault;
  }
  return std::nullopt;
}

std::string to_text(const FaultPlan& plan) {
  std::string text;
  for (const Fault& fault : plan.faults) {
    if (!text.empty()) text += ", ";
    text += std::string(name_of(fault.kind)) + " from " + std::to_string(fault.from);
    if (fault.blocks) text += " at " + std::to_string(fault.blocks->first) + "+" + std::to_string(fault.blocks->count);
    if (fault.times == kAlways) text += " always";
    if (fault.times != kAlways && fault.times != 1) text += " " + std::to_string(fault.times) + " times";
    if (fault.span == kForEver) text += " for ever";
    if (fault.span > nanoseconds(0) && fault.span != kForEver)
      text += " for " + std::to_string(fault.span.count()) + " ns";
  }
  return text.empty() ? "no fault" : text;
}

}  // namespace relance
