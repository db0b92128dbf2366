#pragma once
// The names of all sentences but those of STOP numbers. A new one: a line here and a line in each language's file.

#include <array>
#include <cstdint>
#include <string_view>

#include "wiper/base/fields.h"

namespace relance {

// X(name): the enumerator and the name under which it is stored. Append only: journals of earlier versions are read.
// clang-format off
#define RELANCE_SENTENCES(X)                                                                                          \
  X(Nothing)                                                                                                          \
  /* Why the plan is what it is. */                                                                                   \
  X(ZerosOnRotating) X(KeyedOnFlash) X(KeyedOnBridge) X(MethodAsked) X(MethodOfPolicy) X(VerifyFull)                  \
  X(VerifySample) X(VerifyNone) X(ZeroPassForReadBack) X(ImageAsked) X(NoImageAsked) X(NotErasedAsked)                \
  X(ErasedEarlier) X(StepUnboot)                                                                                      \
  /* Steps. */                                                                                                        \
  X(StepErase) X(StepCompare) X(StepRequire) X(StepImage) X(StepImageCompare) X(StepFinish) X(StepFinishCompare)      \
  /* Overwrite methods, as the certificate names them. */                                                             \
  X(MethodZero) X(MethodOne) X(MethodRandom) X(MethodNone)                                                            \
  /* Verdicts and their reasons. */                                                                                   \
  X(VerdictErased) X(VerdictReserve) X(VerdictFailed) X(VerdictInterrupted) X(VerdictNotErased) X(ReasonAllRead)      \
  X(ReasonNotWritten) X(ReasonNotRead) X(ReasonDiffers) X(ReasonSampled) X(ReasonNotVerified)                         \
  X(ReasonSerialOfBridge) X(ReasonStopped) X(ReasonStalled) X(ReasonDriveGone) X(ReasonHiddenUnknown)                 \
  X(ReasonCached) X(ReasonNoErase) X(ReasonImageDiffers) X(ReasonImageNotFinished) X(ReasonErasedEarlier)             \
  X(ReasonStick)                                                                                                      \
  /* What a drive is. */                                                                                              \
  X(KindFile) X(KindLoop) X(KindSimulated) X(ReadThroughCache)                                                        \
  /* Certificates. */                                                                                                 \
  X(CertificateTitle) X(CertificateTrialTitle) X(DriveNotErased) X(LevelClear) X(TrialNotDone) X(NotStated)           \
  X(CertificateReserveTitle) X(CertificateFailedTitle) X(CertificateInterruptedTitle) X(CertificateNotErasedTitle)    \
  X(CertificateInstallTitle) X(ImageNotReadBack)                                                                      \
  /* What a check found. */                                                                                           \
  X(AuditGood) X(AuditReserve) X(AuditRefused)                                                                        \
  /* What a deployed system is told of its drive. */                                                                   \
  X(DriveErasedBefore)                                                                                                 \
  /* Deploying onto a drive that holds some of the image already. */                                                   \
  X(ImageMayBeThere) X(StepRepair) X(ImageWasThere)                                                                    \
  /* Trial starts. */                                                                                                  \
  X(TrialAsked) X(TrialAwaited) X(TrialDone) X(TrialCheckFailed) X(StepTrialEnd) X(StepTrialEndCompare)         \
  /* Methods of several passes, and what is known of them. */                                                          \
  X(MethodRandomZero) X(MethodDodShort) X(MethodDod) X(MethodGutmann) X(MethodBsi2011Vs) X(MethodIs5Baseline)          \
  X(MethodIs5Enhanced) X(MethodSchneier) X(MethodOps2) X(MethodVsitr) X(VerifyEach) X(StampsAsked) X(StepStamp)        \
  X(StepStampCompare) X(ReasonEarlierPass) X(ReasonAddressesWrap) X(SampleDrawn) X(SpareCellsNotReached) \
  /* Hidden areas of ATA disks. */                                                                                     \
  X(ReasonHiddenKept) X(StepUncover) X(HiddenUncovered) X(HiddenStays)                                                 \
  /* Time. */                                                                                                          \
  X(BudgetFits) X(BudgetMissed) X(TimeMeasured) X(TimeRough) X(ReasonTooSlow)                                   \
  /* Erases by the drive itself. */                                                                                    \
  X(StepCanaries) X(StepCanariesCompare) X(StepEraseByDrive) X(StepSearch) X(ByDriveChosen) X(ByDriveNotOffered)       \
  X(ByDriveKnownBad) X(ByDriveNamespaces) X(ByDriveLocked) X(ByDriveFrozen) X(ByDriveBridge) X(ReasonDriveLied)        \
  X(ReasonEraseStuck) X(ByDriveThen)
// clang-format on

enum class Sentence : std::uint16_t {
#define RELANCE_ENUMERATOR(name) name,
  RELANCE_SENTENCES(RELANCE_ENUMERATOR)
#undef RELANCE_ENUMERATOR
};

template <>
struct EnumNames<Sentence> {
#define RELANCE_NAME(name) std::string_view(#name),
  static constexpr auto names = std::to_array<std::string_view>({RELANCE_SENTENCES(RELANCE_NAME)});
#undef RELANCE_NAME
};

}  // namespace relance
