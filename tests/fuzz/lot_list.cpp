// A donor's list comes by mail, from any spreadsheet.
#include "wiper/audit/lot.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace relance;
  const Result<std::vector<AnnouncedMachine>> list = parse_lot_list(std::as_bytes(std::span(bytes, size)));
  if (!list.ok()) return 0;
  const Bordereau bordereau = reconcile({"lot", "2026-11-30T12:00:00Z"}, list.value(), {});
  require(bordereau.totals.announced == list.value().size(), "nobody is left out");
  require(!bordereau_csv(bordereau, Language::French).empty(), "a table of them");
  return 0;
}
