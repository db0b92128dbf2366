// What drives, bridges, firmware and the kernel's tables say: any bytes.

#include <cstdlib>

#include "wiper/base/bytes.h"
#include "wiper/discover/drive_bus.h"
#include "wiper/discover/inquiry_pages.h"
#include "wiper/discover/proc_tables.h"
#include "wiper/text/sanitise_text.h"

using namespace relance;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* raw, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(raw, size));
  const std::string clean = sanitise_text(as_text(bytes));
  if (clean.size() > kForeignTextLimit || sanitise_text(clean) != clean) std::abort();
  if (clean.find('\x1b') != std::string::npos) std::abort();
  (void)parse_mountinfo(as_text(bytes));  // Must return.
  (void)parse_swaps(as_text(bytes));
  (void)identity_in_page_89(bytes);
  (void)is_thunderbolt_bridge(bytes);
  return 0;
}
