#pragma once
// The signed erase part that stays with a deployed system: whoever gets the PC may read it and check it with the workshop's
// root. Masked: no donor, no operator, no serial of drive or machine. The certificate names its hash, and so links the two.

#include "wiper/certificate/certificate.h"
#include "wiper/certificate/publish.h"
#include "wiper/content/contents.h"

namespace relance {

inline constexpr std::string_view kStatementFormat = "relance-erase-statement";
inline constexpr std::uint64_t kStatementVersion = 1;

struct MaskedDrive {
  DriveKind kind = DriveKind::Physical;
  Bus bus = Bus::Unknown;
  Medium medium = Medium::Unknown;
  std::uint64_t size_bytes = 0;
  std::uint64_t blocks = 0;
  std::uint64_t logical_block_bytes = 0;

  static constexpr auto fields() {
    return std::tuple{
        field("kind", &MaskedDrive::kind),     field("bus", &MaskedDrive::bus),
        field("medium", &MaskedDrive::medium), field("size_bytes", &MaskedDrive::size_bytes),
        field("blocks", &MaskedDrive::blocks), field("logical_block_bytes", &MaskedDrive::logical_block_bytes)};
  }
  bool operator==(const MaskedDrive&) const = default;
};

struct EraseStatement {
  std::string format{kStatementFormat};
  std::uint64_t version = kStatementVersion;
  std::string number;
  bool erased = false;
  std::string statement;  // The same in words.
  std::vector<Statement> reasons;
  MaskedDrive drive;
  CertifiedErase erase;
  std::string image;
  std::string image_sha256;  // Of its manifest.
  std::string made;          // The stick's time, ISO 8601.
  std::string software;

  static constexpr auto fields() {
    return std::tuple{
        field("format", &EraseStatement::format),       field("version", &EraseStatement::version),
        field("number", &EraseStatement::number),       field("erased", &EraseStatement::erased),
        field("statement", &EraseStatement::statement), field("reasons", &EraseStatement::reasons),
        field("drive", &EraseStatement::drive),         field("erase", &EraseStatement::erase),
        field("image", &EraseStatement::image),         field("image_sha256", &EraseStatement::image_sha256),
        field("made", &EraseStatement::made),           field("software", &EraseStatement::software)};
  }
  bool operator==(const EraseStatement&) const = default;
};

// Pure. `evidence`: of a run that is about to finish its image.
EraseStatement make_statement(const Evidence& evidence, const StickTime& time, Language language);

// The bytes that are signed, and the signature (CMS, detached); null `signer`: unsigned.
Result<SignedText> sign_statement(const EraseStatement& statement, const StickTime& time, const SigningKey* signer);

}  // namespace relance
