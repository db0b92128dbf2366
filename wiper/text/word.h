#pragma once
// The words of screens, of the command line and of the profile: never stored, so they may change freely. A new one: a line
// here and a line in each language's file.

#include <array>
#include <cstdint>
#include <string_view>

#include "wiper/text/phrase.h"

namespace relance {

// clang-format off: its layout of the list does not come to rest.
#define RELANCE_WORDS(X)                                                                                             \
  /* The four states, in block letters: what tui/view/big_letters.cpp can draw. */                                   \
  X(BigRunning) X(BigYourTurn) X(BigDone) X(BigStop) X(BigEnd)                                                       \
  /* What a screen asks or says first. */                                                                            \
  X(AskPassphrase) X(AskNumber) X(AskDrives) X(AskPlan) X(AskConfirm) X(AskResume) X(SayRunning)                     \
  X(SayCancelling) X(SayDone) X(SayReserve) X(SayWait) X(SayDrivesCome) X(SayTooSmall)                             \
  /* What stands below it. */                                                                                        \
  X(HintPassphrase) X(HintNumber) X(HintConfirm) X(HintResume) X(HintNothingWritten) X(HintStickOut)                 \
  X(HintNoDrive) X(HintNoDriveDo) X(HintSaveAgain) X(HintStickMayGo) X(HintStickStays) X(SayStickAway) X(SayOnBattery) X(SayStartsIn)                 \
  X(SayPowersOffIn) X(SayRebootsIn) X(HintAlreadyDone) X(HintNoNumberLeft)                                           \
  /* Practice, and looking without writing. */                                                                       \
  X(SayPractice) X(AskInspect) X(HintInspect) X(SayInspecting) X(SayInspectedZero) X(SayInspectedOther)              \
  X(SayInspectedPart) X(SayInspectedJournal) X(SayInspectedChanged) X(HintInspectFlash)                                                                                                \
  /* Names of values, and values. */                                                                                 \
  X(LabelNumber) X(LabelPassphrase) X(LabelDrive) X(LabelSerial) X(LabelHolds) X(LabelSteps) X(LabelReasons)         \
  X(LabelVerdict) X(LabelCertificate) X(LabelConfirm) X(LabelDetail) X(RotatingDrive) X(FlashDrive) X(CardDrive) X(UsbDrive)        \
  X(UnknownDrive) X(StepOf) X(BytesOf) X(PerSecond) X(EndAt) X(EndUnknown) X(BadBlocks) X(InterruptedTimes)          \
  /* The bottom line: which key does what. */                                                                        \
  X(KeyEnter) X(KeyStart) X(KeyBack) X(KeyQuit) X(KeyQuitEnter) X(KeyYesNo) X(KeyChoose) X(KeyCancel)                \
  X(KeyRetry) X(KeyInspect)                                                                                                        \
  /* relance.toml, each key explained to the manager. */                                                             \
  X(ProfileIntro) X(ProfileWorkshop) X(ProfileOperator) X(ProfileDonor) X(ProfileLot) X(ProfileVerifyUrl) X(ProfilePrefix)               \
  X(ProfileLanguage) X(ProfileImage) X(ProfileMethod) X(ProfileVerify) X(ProfileSample) X(ProfileRotating) X(ProfileFlash)   \
  X(ProfileVerifyAllowed) X(ProfileBudget) X(ProfileExternal)           \
  X(ProfileReserves) X(ProfileAtEnd) X(ProfileAutopilot) X(ProfileNumbers) X(ProfilePassphrase)                                                             \
  /* The command line: help. */                                                                                      \
  X(TitleUsage) X(TitleCommands) X(TitleOptions) X(TitleExamples) X(TitleExits) X(HelpProgram) X(HelpScreens)        \
  X(HelpMore) X(HelpDrives) X(HelpPlan) X(HelpWipe) X(HelpVerify) X(HelpCapture) X(HelpDeploy) X(HelpRun)            \
  X(HelpResume) X(HelpCheck) X(HelpKey) X(HelpKeyWorkshop) X(HelpKeyStick) X(HelpKeyLost) X(HelpKeyResponsable) X(HelpLot) X(OptLotName) X(OptLotKey) X(OptLotOut) X(ExampleLot) X(SayLot) X(HelpImage) X(HelpImageCheck)            \
  X(HelpImageSign) X(HelpInspect) X(HelpPractice)                                                                                                   \
  X(HelpJournal) X(OptHelp) X(OptVersion) X(OptJson) X(OptLanguage) X(OptStick) X(OptProfile) X(OptPassphrase)       \
  X(OptNewPassphrase) X(OptConfirm) X(OptMethod) X(OptVerify) X(OptNumber) X(OptNoImage) X(OptNotErased)             \
  X(OptUnsigned) X(OptImage) X(OptContent) X(OptRoot) X(OptDemo) X(OptKey) X(OptGeneralise) X(OptWorkshop)           \
  X(OptName) X(OptLostWitness) X(OptNothingLeft) X(OptSignKey) X(OptSpeed) X(OptSeed) X(OptKeepAccount) X(SayNoAccountLeft) X(OptLevel) X(SayBootsUnder) X(SayBootsNowhere) X(SayImageNeeds) X(Exit0) X(Exit2) X(Exit3) X(Exit4) X(Exit5) X(Exit6)                                     \
  /* The command line: what the examples show. */                                                                    \
  X(ExampleDrives) X(ExamplePlan) X(ExampleWipe) X(ExampleWipeTwo) X(ExampleVerify) X(ExampleVerifyJournal)          \
  X(ExampleCapture) X(ExampleDeploy) X(ExampleRun) X(ExampleResume) X(ExampleCheck) X(ExampleKeyWorkshop)            \
  X(ExampleKeyStick) X(ExampleKeyLost) X(ExampleImageCheck) X(ExampleImageSign) X(ExampleJournal) X(ExampleInspect) X(ExamplePractice)                                      \
  /* The command line: questions and answers. */                                                                     \
  X(AskConfirmWord) X(AskConfirmDeploy) X(AskKeyPassphrase) X(AskNewPassphrase) X(AskNewAgain) X(SayConfirm)         \
  X(SayNoDrive) X(SayNoJournal) X(SayNoStick) X(SayEqual) X(SayDiffers) X(SayUnreadable) X(SayUnproven) X(SayNotAll) \
  X(SayKeyMade) X(SayKeyLost) X(SayKeyLostWhole) X(SayKeyLostFile) X(SayFingerprint) X(SayImageGood) X(SayImageUnsigned) X(SayCaptured) X(SayCapturedUnsigned)          \
  X(SayCheckGood) X(SayCheckReserve) X(SayCheckRefused) X(SayCheckNothing) X(SayLedgerGood) X(SayLedgerBad) X(FindingOpen) X(FindingMissing) X(FindingNotEntered) X(FindingBehind) X(FindingCut) X(FindingForked) X(FindingStranger) X(FindingReplayed) X(FindingTwice) X(FindingLost) X(SayListGood) X(OptWitness) X(SayJobOpen) X(SayResumable)             \
  X(SayEnded)                                                                                                        \
  /* Trial starts. */                                                                                               \
  X(ProfileUncover) X(ProfileEraseByDrive) X(ProfileTrial) X(OptTrial) X(HelpTrial) X(ExampleTrial) X(LabelTrial) X(SayTrialPass) X(SayTrialFail)             \
  X(SayTrialAbsent) X(AskTrial) X(SayTrialCollecting) X(HintTrial) X(HintTrialByHand) X(KeyTrial) X(KeyNoTrial) X(HintStickTrial) X(SayTrialIn)                      \
  X(TrialScreen) X(TrialSound) X(TrialCamera) X(TrialNetwork) X(TrialWifi) X(TrialBluetooth) X(TrialDisk)
// clang-format on

enum class Word : std::uint16_t {
#define RELANCE_ENUMERATOR(name) name,
  RELANCE_WORDS(RELANCE_ENUMERATOR)
#undef RELANCE_ENUMERATOR
};

template <>
struct EnumNames<Word> {
#define RELANCE_NAME(name) std::string_view(#name),
  static constexpr auto names = std::to_array<std::string_view>({RELANCE_WORDS(RELANCE_NAME)});
#undef RELANCE_NAME
};

// The arguments go to the places {0}, {1}…
std::string say(Language language, Word word, const std::vector<std::string>& arguments = {});

}  // namespace relance
