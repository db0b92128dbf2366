#pragma once
// The words of a printed certificate, but for its sentences (sentence.h). A new one: a line here and a line in each
// language's file.

#include <array>
#include <cstdint>
#include <string_view>

#include "wiper/text/phrase.h"

namespace relance {

// clang-format off: its layout of the list does not come to rest.
#define RELANCE_PAPER_WORDS(X)                                                                                       \
  /* Head and headings. */                                                                                           \
  X(Declaration) X(TheDrive) X(TheMachine) X(TheErase) X(TheSystem) X(ToKnow) X(ToCheck)                             \
  X(ReadAndEqual) X(WithoutValue) X(Rank)                                                                            \
  /* Names of values. */                                                                                             \
  X(Model) X(Serial) X(SerialFrom) X(Wwn) X(Firmware) X(Kind) X(Size) X(Maker) X(Product) X(Memory) X(Donor) X(Lot)  \
  X(Operator) X(Level) X(Technique) X(ByDrive) X(CanaryBlocks) X(Passes) X(ReadBack) X(BadBlocks) X(Interruptions) X(Period) X(Image)           \
  X(Manifest) X(Trial) X(Number)                                                                                     \
  /* Values. */                                                                                                      \
  X(FromDrive) X(FromBridge) X(FromFileName) X(FromNobody) X(Rotating) X(Flash) X(UnknownMedium) X(SizeIs)           \
  X(NoLevel) X(CommandIs) X(CanariesAre) X(NotSearched) X(ByDriveDone) X(ByDriveUnproven) X(ByDriveNotOffered)        \
  X(ByDriveRefused) X(ByDriveFrozen) X(ByDriveLocked) X(ByDriveFailed) X(ByDriveStuck) X(ByDriveLied)                \
  X(ByDriveStillLocked) X(ByDriveInterrupted) X(ByDriveNamespaces) X(PassIs) X(ReadBackIs) X(BadWhileWriting) X(BadWhileReading) X(NoBadBlocks) X(AndMore)                 \
  X(NotInterrupted) X(InterruptedTimes) X(PeriodIs) X(MinutesAre) X(HoursAre) X(TrialPass) X(TrialFail)              \
  X(TrialAbsent) X(NoImage) X(MomentIs) X(Months)                                                                    \
  /* A lot. */                                                                                                       \
  X(BordereauTitle) X(BordereauIs) X(TheSum) X(TheReuse) X(TheOthers) X(Announced) X(Received) X(Certified)          \
  X(Reserved) X(NotErased) X(Destroyed) X(NotReceived) X(Unexplained) X(NotAnnounced) X(AllExplained)                \
  X(SomeUnexplained) X(Reused) X(UnderTen) X(UnderTenOf) X(Co2) X(Co2Is) X(Co2Source) X(AllCertified) X(AndOthers)   \
  X(BordereauData) X(BordereauHash) X(BordereauFoot) X(FateCertified) X(FateReserved) X(FateFailed) X(FateDestroyed) \
  X(FateNotReceived) X(FateUnexplained) X(Tag) X(Year) X(FateIs) X(DriveModel) X(DriveSerial) X(VerdictIs)           \
  X(CertifiedOn) X(CertificateFile) X(Note)                                                                          \
  /* How a stranger checks it. */                                                                                    \
  X(SignedBy) X(PcClockWas) X(CheckSignature) X(CheckRoot) X(CheckData) X(DataHash) X(LedgerIs) X(QrSays) X(Standards)
// clang-format on

enum class PaperWord : std::uint8_t {
#define RELANCE_ENUMERATOR(name) name,
  RELANCE_PAPER_WORDS(RELANCE_ENUMERATOR)
#undef RELANCE_ENUMERATOR
};

template <>
struct EnumNames<PaperWord> {
#define RELANCE_NAME(name) std::string_view(#name),
  static constexpr auto names = std::to_array<std::string_view>({RELANCE_PAPER_WORDS(RELANCE_NAME)});
#undef RELANCE_NAME
};

// The arguments go to the places {0}, {1}…
std::string say(Language language, PaperWord word, const std::vector<std::string>& arguments = {});

}  // namespace relance
