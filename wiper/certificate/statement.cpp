#include "wiper/certificate/statement.h"

#include "wiper/base/iso_time.h"
#include "wiper/base/version.h"

namespace relance {

EraseStatement make_statement(const Evidence& evidence, const StickTime& time, Language language) {
  const Plan& plan = evidence.plan();
  const Geometry& geometry = plan.drive.geometry;
  const Verdict verdict = erase_verdict(evidence);
  EraseStatement statement;
  statement.number = plan.number;
  statement.erased = verdict.kind == VerdictKind::Erased || verdict.kind == VerdictKind::ErasedWithReserve;
  const Phrase words =
      statement.erased ? Phrase{Sentence::DriveErasedBefore, {plan.number}} : Phrase{Sentence::DriveNotErased, {}};
  statement.statement = say(language, words);
  for (const Phrase& reason : verdict.reasons) statement.reasons.push_back(stated(language, reason));
  statement.drive = {.kind = plan.drive.kind,
                     .bus = plan.drive.bus,
                     .medium = plan.drive.medium,
                     .size_bytes = geometry.size_bytes(),
                     .blocks = geometry.block_count,
                     .logical_block_bytes = geometry.logical_bytes};
  statement.erase = certified_erase(evidence, language);
  statement.image = plan.image;
  statement.image_sha256 = plan.image_sha256;
  statement.made = iso_time(time.seconds);
  statement.software = version();
  return statement;
}

Result<SignedText> sign_statement(const EraseStatement& statement, const StickTime& time, const SigningKey* signer) {
  const std::string text = to_json_pretty(to_value(statement));
  SignedText made;
  made.text.assign(as_bytes(text).begin(), as_bytes(text).end());
  if (signer != nullptr) made.signature = TRY(cms_sign(made.text, signer->key, signer->certificate, time.seconds));
  return made;
}

}  // namespace relance
