#include "tui/cli/help.h"

#include <algorithm>
#include <span>

#include "wiper/base/version.h"
#include "wiper/plan/method.h"
#include "wiper/text/utf8.h"

namespace relance {
namespace {

struct OptionHelp {
  std::string_view option;
  Word words;
};
struct Example {
  std::string_view command;
  Word words;
};
struct CommandHelp {
  std::string_view name;
  std::string_view arguments;
  Word words;
  std::span<const OptionHelp> options;
  std::span<const Example> examples;
};

constexpr OptionHelp kStick{"--stick DIR", Word::OptStick};
constexpr OptionHelp kProfile{"--profile FILE", Word::OptProfile};
constexpr OptionHelp kPassphrase{"--passphrase-file FILE", Word::OptPassphrase};
constexpr OptionHelp kConfirm{"--confirm WORD", Word::OptConfirm};
constexpr OptionHelp kMethod{"--method NAME", Word::OptMethod};
constexpr OptionHelp kVerify{"--verify HOW", Word::OptVerify};
constexpr OptionHelp kNumber{"--number DEF-04217-8", Word::OptNumber};
constexpr OptionHelp kNoImage{"--no-image", Word::OptNoImage};
constexpr OptionHelp kRoot{"--root FILE", Word::OptRoot};

constexpr OptionHelp kDrivesOptions[] = {kStick};
constexpr Example kDrivesExamples[] = {{"relance drives disk.img", Word::ExampleDrives}};

constexpr OptionHelp kPlanOptions[] = {kMethod, kVerify, kNumber, kNoImage, kStick, kProfile};
constexpr Example kPlanExamples[] = {{"relance plan /dev/sda", Word::ExamplePlan}};

constexpr OptionHelp kWipeOptions[] = {kMethod, kVerify, kConfirm, kNumber, kStick, kProfile, kPassphrase};
constexpr Example kWipeExamples[] = {
    {"relance wipe /dev/sda --method zero --verify full --confirm S62ANJ0R512345 --stick /mnt/stick",
     Word::ExampleWipe},
    {"relance wipe a.img b.img --confirm a.img --confirm b.img --stick /mnt/stick", Word::ExampleWipeTwo}};

constexpr OptionHelp kVerifyOptions[] = {{"--content WHAT", Word::OptContent}, kStick};
constexpr Example kVerifyExamples[] = {
    {"relance verify /dev/sda --content zero", Word::ExampleVerify},
    {"relance verify /dev/sda --content journal --stick /mnt/stick", Word::ExampleVerifyJournal}};

constexpr OptionHelp kCaptureOptions[] = {{"--key DIR", Word::OptKey},
                                          {"--generalise", Word::OptGeneralise},
                                          {"--keep-account NAME", Word::OptKeepAccount},
                                          {"--level N", Word::OptLevel},
                                          kPassphrase};
constexpr Example kCaptureExamples[] = {
    {"relance capture /dev/sdb xubuntu-64 --key workshop --generalise", Word::ExampleCapture}};

constexpr OptionHelp kDeployOptions[] = {
    kConfirm, kNumber,    {"--not-erased", Word::OptNotErased}, {"--unsigned", Word::OptUnsigned}, kStick,
    kProfile, kPassphrase};
constexpr Example kDeployExamples[] = {
    {"relance deploy IMAGES/xubuntu-64 /dev/sda --confirm S62ANJ0R512345 --stick /mnt/stick", Word::ExampleDeploy}};

constexpr OptionHelp kRunOptions[] = {
    kNumber, kConfirm, kProfile, kMethod, kVerify, kNoImage, {"--trial", Word::OptTrial}, kStick, kPassphrase};
constexpr Example kRunExamples[] = {
    {"relance run /dev/sda --number DEF-04217-8 --confirm S62ANJ0R512345 --stick /mnt/stick", Word::ExampleRun}};

constexpr OptionHelp kResumeOptions[] = {{"--image DIR", Word::OptImage}, kStick, kPassphrase};
constexpr Example kResumeExamples[] = {{"relance resume --stick /mnt/stick", Word::ExampleResume}};

constexpr OptionHelp kTrialOptions[] = {kStick, kPassphrase};
constexpr Example kTrialExamples[] = {{"relance trial --stick /mnt/stick", Word::ExampleTrial}};

constexpr OptionHelp kCheckOptions[] = {
    kRoot, {"--demo", Word::OptDemo}, {"--witness FILE | RANK:SHA256", Word::OptWitness}};
constexpr Example kCheckExamples[] = {{"relance check --root racine.pem /mnt/stick", Word::ExampleCheck}};

constexpr Example kKeyExamples[] = {
    {"relance key workshop workshop", Word::ExampleKeyWorkshop},
    {"relance key stick /mnt/stick --workshop workshop --name 07", Word::ExampleKeyStick},
    {"relance key lost --workshop workshop --name 07 --witness registre-07.txt", Word::ExampleKeyLost}};
constexpr OptionHelp kKeyWorkshopOptions[] = {{"--name NAME", Word::OptName}, kPassphrase};
constexpr OptionHelp kKeyStickOptions[] = {{"--workshop DIR", Word::OptWorkshop},
                                           {"--name 07", Word::OptName},
                                           kPassphrase,
                                           {"--new-passphrase-file FILE", Word::OptNewPassphrase}};

constexpr Example kLotExamples[] = {
    {"relance lot mairie.csv /mnt/stick --name 2026-11-MAIRIE --key responsable --out .", Word::ExampleLot}};
constexpr OptionHelp kLotOptions[] = {{"--name LOT", Word::OptLotName},
                                      {"--key DIR", Word::OptLotKey},
                                      {"--out DIR", Word::OptLotOut},
                                      {"--demo", Word::OptDemo},
                                      kStick,
                                      kPassphrase};

constexpr OptionHelp kKeyLostOptions[] = {{"--workshop DIR", Word::OptWorkshop},
                                          {"--name 07", Word::OptName},
                                          {"--witness FILE", Word::OptLostWitness},
                                          {"--nothing-left", Word::OptNothingLeft},
                                          kPassphrase};

constexpr OptionHelp kImageCheckOptions[] = {kRoot, {"--unsigned", Word::OptUnsigned}, kStick};
constexpr Example kImageCheckExamples[] = {
    {"relance image check IMAGES/xubuntu-64 --root racine.pem", Word::ExampleImageCheck}};

constexpr Example kImageExamples[] = {
    kImageCheckExamples[0],
    {"relance image sign xubuntu-clonezilla IMAGES/xubuntu-64 --key workshop", Word::ExampleImageSign}};
constexpr OptionHelp kImageSignOptions[] = {{"--key DIR", Word::OptSignKey}, kPassphrase};
constexpr Example kImageSignExamples[] = {kImageExamples[1]};

constexpr OptionHelp kJournalOptions[] = {kStick};
constexpr Example kJournalExamples[] = {{"relance journal --stick /mnt/stick", Word::ExampleJournal}};

constexpr OptionHelp kInspectOptions[] = {kStick};
constexpr Example kInspectExamples[] = {{"relance inspect", Word::ExampleInspect}};

constexpr OptionHelp kPracticeOptions[] = {{"--speed N", Word::OptSpeed}, {"--seed N", Word::OptSeed}};
constexpr Example kPracticeExamples[] = {{"relance practice --speed 10", Word::ExamplePractice}};

constexpr CommandHelp kCommands[] = {
    {"drives", "[PATH…]", Word::HelpDrives, kDrivesOptions, kDrivesExamples},
    {"plan", "DRIVE…", Word::HelpPlan, kPlanOptions, kPlanExamples},
    {"wipe", "DRIVE…", Word::HelpWipe, kWipeOptions, kWipeExamples},
    {"verify", "DRIVE", Word::HelpVerify, kVerifyOptions, kVerifyExamples},
    {"capture", "SOURCE DIR", Word::HelpCapture, kCaptureOptions, kCaptureExamples},
    {"deploy", "DIR DRIVE", Word::HelpDeploy, kDeployOptions, kDeployExamples},
    {"run", "DRIVE…", Word::HelpRun, kRunOptions, kRunExamples},
    {"resume", "[DRIVE]", Word::HelpResume, kResumeOptions, kResumeExamples},
    {"trial", "[DRIVE]", Word::HelpTrial, kTrialOptions, kTrialExamples},
    {"check", "PATH…", Word::HelpCheck, kCheckOptions, kCheckExamples},
    {"lot", "LIST.csv PATH…", Word::HelpLot, kLotOptions, kLotExamples},
    {"key", "workshop | stick | responsable | lost", Word::HelpKey, {}, kKeyExamples},
    {"key workshop", "DIR", Word::HelpKeyWorkshop, kKeyWorkshopOptions, kKeyExamples},
    {"key stick", "DIR", Word::HelpKeyStick, kKeyStickOptions, kKeyExamples},
    {"key responsable", "DIR", Word::HelpKeyResponsable, kKeyStickOptions, kKeyExamples},
    {"key lost", "", Word::HelpKeyLost, kKeyLostOptions, kKeyExamples},
    {"image", "check | sign", Word::HelpImage, {}, kImageExamples},
    {"image check", "DIR", Word::HelpImageCheck, kImageCheckOptions, kImageCheckExamples},
    {"image sign", "SOURCE DIR", Word::HelpImageSign, kImageSignOptions, kImageSignExamples},
    {"journal", "", Word::HelpJournal, kJournalOptions, kJournalExamples},
    {"inspect", "", Word::HelpInspect, kInspectOptions, kInspectExamples},
    {"practice", "", Word::HelpPractice, kPracticeOptions, kPracticeExamples},
};

constexpr OptionHelp kCommonOptions[] = {{"--json", Word::OptJson},
                                         {"--language fr|en", Word::OptLanguage},
                                         {"-h, --help", Word::OptHelp},
                                         {"--version", Word::OptVersion}};

struct ExitHelp {
  int code;
  Word words;
};
constexpr ExitHelp kExits[] = {{0, Word::Exit0}, {2, Word::Exit2}, {3, Word::Exit3},
                               {4, Word::Exit4}, {5, Word::Exit5}, {6, Word::Exit6}};

constexpr std::size_t kColumn = 28;

std::string row(std::string_view left, const std::string& right) {
  std::string text = "  " + std::string(left);
  const std::size_t width = from_utf8(text).size();
  text += width < kColumn ? std::string(kColumn - width, ' ') : "  ";
  return text + right + "\n";
}

std::string method_names() {
  std::string names;
  for (const Method& method : methods()) names += (names.empty() ? "" : ", ") + std::string(method.name);
  return names;
}

std::string options_help(Language language, std::span<const OptionHelp> options) {
  std::string text;
  for (const OptionHelp& option : options) text += row(option.option, say(language, option.words, {method_names()}));
  return text;
}

std::string exits_help(Language language) {
  std::string text = "\n" + say(language, Word::TitleExits) + "\n";
  for (const ExitHelp& exit : kExits) text += row(std::to_string(exit.code), say(language, exit.words));
  return text;
}

std::string program_help(Language language) {
  std::string text = "relance " + std::string(version()) + "\n" + say(language, Word::HelpProgram) + "\n";
  text += say(language, Word::HelpScreens) + "\n\n" + say(language, Word::TitleCommands) + "\n";
  for (const CommandHelp& command : kCommands)
    text += row(std::string(command.name) + " " + std::string(command.arguments), say(language, command.words));
  text += "\n" + say(language, Word::TitleOptions) + "\n" + options_help(language, kCommonOptions);
  text += row(kStick.option, say(language, kStick.words)) + row(kPassphrase.option, say(language, kPassphrase.words));
  return text + exits_help(language) + "\n" + say(language, Word::HelpMore) + "\n";
}

std::string command_help(Language language, const CommandHelp& command) {
  std::string text = say(language, Word::TitleUsage) + "\n  relance " + std::string(command.name) + " " +
                     std::string(command.arguments);
  text += " [--…]\n\n" + say(language, command.words) + "\n\n" + say(language, Word::TitleOptions) + "\n";
  text += options_help(language, command.options) + options_help(language, kCommonOptions);
  text += "\n" + say(language, Word::TitleExamples) + "\n";
  for (const Example& example : command.examples)
    text += "  # " + say(language, example.words) + "\n  " + std::string(example.command) + "\n";
  return text + exits_help(language);
}

}  // namespace

std::string help_text(Language language, const std::string& about) {
  const auto* found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                   [&](const CommandHelp& each) { return each.name == about; });
  return found == std::end(kCommands) ? program_help(language) : command_help(language, *found);
}

}  // namespace relance
