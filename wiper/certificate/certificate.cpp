#include "wiper/certificate/certificate.h"

#include "wiper/certificate/edition.h"

namespace relance {
namespace {

constexpr std::size_t kLongestText = std::size_t{16} << 20;  // 100 000 bad ranges, the limit of a sweep, take 9 MB.

Error wrong(std::string why) { return {Errc::Corrupt, Stop::CertificateWrong, "certificate: " + std::move(why)}; }

}  // namespace

std::string certificate_text(const Certificate& certificate) {
  return to_json_pretty(in_shape_of(to_value(certificate), certificate.version));
}

Result<Certificate> parse_certificate(std::string_view text) {
  if (text.size() > kLongestText) return wrong("too long");
  const Result<Value> tree = parse_json(text);
  if (!tree.ok()) return wrong(tree.error().detail);
  const Result<std::string> format = tree.value().text_at("format");
  if (!format.ok() || format.value() != kCertificateFormat) return wrong("not a certificate of ours");
  const Result<std::uint64_t> edition = edition_of(tree.value());
  if (!edition.ok()) return wrong(edition.error().detail);
  const Result<Value> todays = in_todays_shape(tree.value(), edition.value());
  if (!todays.ok()) return wrong(todays.error().detail);
  Result<Certificate> certificate = from_value<Certificate>(todays.value());
  if (!certificate.ok()) return wrong(certificate.error().detail);
  if (certificate_text(certificate.value()) != text) return wrong("it says more than we read, or spells it otherwise");
  return certificate;
}

}  // namespace relance
