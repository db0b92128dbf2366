// A ledger from a stick that many hands have touched. The corpus has a real one under a fixed root; a wrong signature ends
// the reading of one, so what a line says is parsed here all the same.
#include "wiper/audit/ledger_audit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace relance;
  const std::string_view text = as_text(std::as_bytes(std::span(bytes, size)));
  const Result<LedgerCopy> copy = parse_ledger(text);
  if (!copy.ok()) return 0;
  const std::vector<LedgerLine>& lines = copy.value().lines;
  for (const LedgerLine& line : lines) require(parse_ledger_line(to_text(line)) == line, "a line has one spelling");
  (void)ledger_key(lines);  // Only that these come back is asked.
  (void)open_begun(lines);
  (void)last_begun(lines, "run", "1");
  (void)end_of(lines, 2, false);
  return 0;
}
