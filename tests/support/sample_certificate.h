#pragma once
// Certificates for tests: one that says EFFACE, and those that say less.

#include "wiper/base/iso_time.h"
#include "wiper/certificate/certificate.h"

namespace relance {

inline constexpr std::int64_t kCertified_s = 1'795'000'000;  // 2026-11-18T11:06:40Z

inline Certificate erased_certificate() {
  Certificate certificate;
  certificate.title = say(Language::French, Sentence::CertificateTitle);
  certificate.number = "DEF-04217-8";
  certificate.verdict = VerdictKind::Erased;
  certificate.reasons = {{"ReasonAllRead", {}, say(Language::French, Sentence::ReasonAllRead)}};
  certificate.drive = {.model = "SAMSUNG HD502HJ",
                       .serial = "S20BJ9 0Z/41",
                       .serial_source = SerialSource::Drive,
                       .wwn = "50024e90",
                       .firmware = "1AJ10001",
                       .kind = DriveKind::Physical,
                       .bus = Bus::Ata,
                       .medium = Medium::Rotating,
                       .size_bytes = 512'000,
                       .blocks = 1000,
                       .logical_block_bytes = 512,
                       .read_through_cache = false};
  certificate.erase = {
      .verdict = VerdictKind::Erased,
      .method = "zero",
      .technique = say(Language::French, Sentence::MethodZero),
      .level = "Clear",
      .verify = Verify::Full,
      .passes = {{.content = "constant-00",
                  .digest = "ab",
                  .finished = true,
                  .chunks = 1,
                  .chunks_written = 1,
                  .blocks_refused = 0}},
      .read_back = {.blocks = 1000, .equal = 1000, .differing = 0, .unreadable = 0, .percent_equal = 100}};
  certificate.parties = {"Atelier d’Évry", "tech-3", "Mairie de Lormont", "2026-11"};
  certificate.machine = {"Société Générale", "Tour « 7 »", "PC-1", 4'000'000'000, "v1"};
  certificate.times = {.certificate = iso_time(kCertified_s),
                       .source = TimeSource::PcClock,
                       .pc_clock = iso_time(kCertified_s),
                       .started = iso_time(kCertified_s - 3600),
                       .ended = iso_time(kCertified_s - 1),
                       .elapsed_s = 3599};
  certificate.software = "v1";
  certificate.journal = {"JOURNAL/run.txt", std::string(64, '0')};
  certificate.ledger =
      CertifiedLedger{.file = "REGISTRE/registre-07.txt", .rank = 4, .previous = {}, .begun = 3, .salt = {}};
  certificate.alea[15] = std::byte{0x5A};
  return certificate;
}

// An SSD that erased itself before it was overwritten.
inline Certificate purged_certificate() {
  Certificate certificate = erased_certificate();
  certificate.drive.medium = Medium::Flash;
  certificate.erase.level = "Purge";
  certificate.erase.by_drive =
      CertifiedByDrive{{{EraseCommand::SanitizeCrypto, EraseOutcome::Frozen, false, false},
                        {EraseCommand::SanitizeBlock, EraseOutcome::Done, true, true}},
                       Canaries{.planned = 1000, .placed = 1000, .gone = 1000, .sections = 1000}};
  return certificate;
}

inline Certificate failed_certificate() {
  Certificate certificate = erased_certificate();
  certificate.title = say(Language::French, Sentence::CertificateFailedTitle);
  certificate.verdict = VerdictKind::Failed;
  certificate.reasons = {{"ReasonNotRead", {"2"}, say(Language::French, {Sentence::ReasonNotRead, {"2"}})}};
  certificate.statements = {{"DriveNotErased", {}, say(Language::French, Sentence::DriveNotErased)}};
  certificate.erase.verdict = VerdictKind::Failed;
  certificate.erase.level = "none";
  certificate.erase.read_back = {.blocks = 1000, .equal = 998, .differing = 0, .unreadable = 2, .percent_equal = 99};
  certificate.bad_ranges = {{417, 2, "read"}};
  return certificate;
}

inline Certificate sampled_certificate() {
  Certificate certificate = erased_certificate();
  certificate.title = say(Language::French, Sentence::CertificateReserveTitle);
  certificate.verdict = VerdictKind::ErasedWithReserve;
  certificate.reasons = {{"ReasonSampled", {"10"}, say(Language::French, {Sentence::ReasonSampled, {"10"}})}};
  certificate.erase.verdict = VerdictKind::ErasedWithReserve;
  certificate.erase.verify = Verify::Sample;
  certificate.erase.read_back = {.blocks = 1000, .equal = 100, .differing = 0, .unreadable = 0, .percent_equal = 10};
  return certificate;
}

inline Certificate trial_certificate() {
  Certificate certificate = erased_certificate();
  certificate.title = say(Language::French, {Sentence::CertificateTrialTitle, {certificate.title}});
  certificate.drive.kind = DriveKind::File;
  certificate.drive.bus = Bus::File;
  return certificate;
}

}  // namespace relance
