// manifest.json of an image. What is accepted must be written and read again to the same value.
#include <cstdint>

#include "imager/format/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace relance;
  const Result<Manifest> manifest = parse_manifest(as_text(std::as_bytes(std::span(bytes, size))));
  if (!manifest.ok()) return 0;
  const Result<Manifest> again = parse_manifest(manifest_text(manifest.value()));
  require(again.ok() && again.value() == manifest.value(), "a manifest that changes when it is written and read");
  return 0;
}
