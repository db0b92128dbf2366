#include "wiper/erase/known_bad.h"

namespace relance {
namespace {

constexpr KnownBad kKnownBad[] = {
    {"INTEL SSDPEKNW", true, false, "nvme-cli issues 752, 1784 and 3027: Sanitize of the 660p stays at 655 of 65536"},
    {"INTEL SSDPEKKF256G8L", true, true, "nvme-cli issue 2677: of no use after Format by key and then Sanitize"},
    {"Rugged SSD4", true, false, "opensea-operations, sanitize.c: must not be sanitized"},
};

bool concerns(const KnownBad& row, EraseCommand command) {
  const bool is_format = command == EraseCommand::NvmeFormat || command == EraseCommand::NvmeFormatCrypto;
  if (is_format) return row.in_format;
  return row.in_sanitize && !is_security_erase(command) && command != EraseCommand::Overwrite;
}

}  // namespace

std::span<const KnownBad> known_bad() { return kKnownBad; }

const KnownBad* known_bad_for(std::string_view model, EraseCommand command) {
  for (const KnownBad& row : kKnownBad)
    if (model.starts_with(row.model_begins) && concerns(row, command)) return &row;
  return nullptr;
}

}  // namespace relance
