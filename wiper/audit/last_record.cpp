#include "wiper/audit/last_record.h"

#include <algorithm>
#include <ranges>

#include "wiper/certificate/publish.h"

namespace relance {
namespace {

std::int64_t signing_time_of(Store& stick, const std::string& path, const KeyCertificate& root) {
  const Result<Bytes> text = stick.read(path);
  const Result<Bytes> signature = stick.read(path + ".p7s");
  if (!text.ok() || !signature.ok()) return 0;
  const Result<CmsSigner> signer = cms_verify(text.value(), signature.value(), root);
  return signer.ok() ? signer.value().signing_time_s : 0;
}

std::int64_t latest_in(Store& stick, const std::string& folder, const KeyCertificate& root) {
  std::int64_t latest = 0;
  const Result<std::vector<std::string>> names = stick.list(folder);
  if (!names.ok()) return 0;
  for (const std::string& name : names.value())
    if (name.ends_with(kCertificateEnding))
      latest = std::max(latest, signing_time_of(stick, folder + "/" + name, root));
  return latest;
}

}  // namespace

std::int64_t last_record_s(Store& stick, const KeyCertificate& root) {
  const Result<std::vector<std::string>> months = stick.list(kCertificateFolder);
  if (!months.ok()) return 0;
  for (const std::string& month : std::views::reverse(months.value())) {
    const std::int64_t latest = latest_in(stick, std::string(kCertificateFolder) + "/" + month, root);
    if (latest > 0) return latest;
  }
  return 0;
}

}  // namespace relance
