#include <algorithm>

#include "tui/cli/subcommands.h"
#include "tui/session/audit.h"
#include "tui/view/say.h"
#include "wiper/text/word.h"

namespace relance::cli {
namespace {

void say_captured(const Printer& printer, const CapturedImage& image) {
  printer.line(say(
      printer.language(), Word::SayCaptured,
      {image.name, say_size(printer.language(), image.bytes_read), say_size(printer.language(), image.minimum_bytes)}));
  for (const Removed& each : image.removed) printer.line("  " + each.path + "  " + each.what);
  if (!image.is_signed) printer.line(say(printer.language(), Word::SayCapturedUnsigned));
  printer.answer(to_value(image));
}

}  // namespace

Result<ExitCode> capture(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  std::string words;
  if (!options.workshop.empty())
    words = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  CaptureWish wish{options.source, options.folder, options.workshop, words, std::nullopt, options.level};
  if (options.generalise) wish.generalise = GeneraliseWish{options.kept_accounts};
  const CapturedImage image = TRY(with_bytes_line<CapturedImage>(
      desk, [&](const Progress& progress) { return capture_image(*desk.session, wish, progress); }));
  say_captured(printer, image);
  const auto is_account = [](const Removed& each) { return each.what.starts_with("account "); };
  if (wish.generalise && wish.generalise->kept_accounts.empty() && std::ranges::any_of(image.removed, is_account))
    printer.line(say(printer.language(), Word::SayNoAccountLeft));
  return ExitCode::Done;
}

Result<ExitCode> image_sign(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string words = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const SignWish wish{options.source, options.folder, options.workshop, words};
  const CapturedImage image = TRY(with_bytes_line<CapturedImage>(
      desk, [&](const Progress& progress) { return sign_image(*desk.session, wish, progress); }));
  say_captured(printer, image);
  return ExitCode::Done;
}

Result<ExitCode> image_check(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const ImagePlace place{options.folder, options.may_be_unsigned};
  const CheckedImage image = TRY(with_bytes_line<CheckedImage>(
      desk, [&](const Progress& progress) { return check_image(*desk.session, place, options.root, progress); }));
  const Word word = image.signer.empty() ? Word::SayImageUnsigned : Word::SayImageGood;
  printer.line(say(printer.language(), word, {image.name, image.signer}));
  std::string firmware;
  for (const Firmware each : image.boots_under)
    firmware += (firmware.empty() ? "" : ", ") + std::string(each == Firmware::Bios ? "BIOS" : "UEFI");
  printer.line(image.boots_under.empty() ? say(printer.language(), Word::SayBootsNowhere)
                                         : say(printer.language(), Word::SayBootsUnder, {firmware}));
  printer.line(say(printer.language(), Word::SayImageNeeds, {say_size(printer.language(), image.minimum_bytes)}));
  printer.answer(to_value(image));
  return ExitCode::Done;
}

}  // namespace relance::cli
