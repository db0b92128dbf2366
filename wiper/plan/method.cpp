#include "wiper/plan/method.h"

namespace relance {
namespace {

constexpr Pass fixed(std::string_view hex) { return {.kind = PassKind::Fixed, .hex = hex}; }
constexpr Pass keyed() { return {.kind = PassKind::Keyed}; }
constexpr Pass character() { return {.kind = PassKind::Character}; }
constexpr Pass complement_of(unsigned pass) { return {.kind = PassKind::Complement, .of = pass}; }
constexpr Pass compared(Pass pass) {
  pass.is_compared = true;
  return pass;
}

constexpr Pass kZeroPass[] = {fixed("00")};
constexpr Pass kOnePass[] = {fixed("ff")};
constexpr Pass kKeyedPass[] = {keyed()};

// What nwipe does when nobody chooses: its random stream, then a blanking pass (nwipe, src/options.c).
constexpr Pass kKeyedThenZero[] = {keyed(), fixed("00")};

// DoD 5220.22-M of 1995, clearing and sanitization matrix, item d for magnetic disks: "Overwrite all addressable locations
// with a character, its complement, then a random character and verify." nwipe's dodshort (src/method.c): the character is
// drawn, the last pass is a random stream. Withdrawn: the DSS matrix of 2007-06-28 accepts no overwriting of magnetic media.
constexpr Pass kDodShort[] = {character(), complement_of(1), keyed()};

// The seven passes that tools call 5220.22-M ECE; no edition of the manual has them. nwipe's dod522022m (src/method.c) and
// Eraser's DoD_EcE (ErasureMethods/DoD.cs) agree: character, complement, stream, character, character, complement, stream.
constexpr Pass kDod[] = {character(), complement_of(1), keyed(), character(), character(), complement_of(5), keyed()};

// P. Gutmann, "Secure Deletion of Data from Magnetic and Solid-State Memory", USENIX Security 1996, table 1: passes 1 to 35.
// In the table's order, so that two certificates can be compared; the paper would permute passes 5 to 31. Its epilogue says
// that no drive since about 2000 needs them.
constexpr Pass kGutmann[] = {
    keyed(),         keyed(),         keyed(),         keyed(),     fixed("55"),     fixed("aa"),     fixed("924924"),
    fixed("492492"), fixed("249249"), fixed("00"),     fixed("11"), fixed("22"),     fixed("33"),     fixed("44"),
    fixed("55"),     fixed("66"),     fixed("77"),     fixed("88"), fixed("99"),     fixed("aa"),     fixed("bb"),
    fixed("cc"),     fixed("dd"),     fixed("ee"),     fixed("ff"), fixed("924924"), fixed("492492"), fixed("249249"),
    fixed("6db6db"), fixed("b6db6d"), fixed("db6db6"), keyed(),     keyed(),         keyed(),         keyed()};

// BSI TL-03423 (Anforderungen zum Überschreiben von Datenträgern), procedure BSI-2011-VS: a stream of AES under a random
// key, verified block by block, then 0xFF (as quoted in ArchiCrypt Shredder 8, "BSI-2011-VS", after the edition of April
// 2016; the guideline itself was not at hand). The stream there is AES-128-OFB; ours is the run's keyed stream.
constexpr Pass kBsi2011Vs[] = {compared(keyed()), fixed("ff")};

// CESG, HMG Infosec Standard 5 (restricted; as implemented by others). Baseline: zeros, verified (KillDisk, "Erase Methods").
constexpr Pass kIs5Baseline[] = {fixed("00")};
// Enhanced: zeros, ones, random, verified (nwipe's is5enh, src/method.c; KillDisk). Wikipedia has ones before zeros.
constexpr Pass kIs5Enhanced[] = {fixed("00"), fixed("ff"), keyed()};

// B. Schneier, "Applied Cryptography", 2nd ed. 1996, §10.9: all ones, all zeros, five times a cryptographically secure
// pseudo-random sequence (nwipe's bruce7, src/method.c).
constexpr Pass kSchneier[] = {fixed("ff"), fixed("00"), keyed(), keyed(), keyed(), keyed(), keyed()};

// Royal Canadian Mounted Police, TSSIT appendix OPS-II: zeros and ones by turns, six times, then random, verified
// (KillDisk, "Canadian OPS-II"). nwipe's ops2 differs: a random character and its complement, four times.
constexpr Pass kOps2[] = {fixed("00"), fixed("ff"), fixed("00"), fixed("ff"), fixed("00"), fixed("ff"), keyed()};

// Richtlinien zum Geheimschutz von Verschlusssachen beim Einsatz von Informationstechnik, 1998-09-01: 00 FF three times,
// then AA (de.wikipedia.org, "VSITR"). No longer in force since 2009; TL-03423 has another of eight steps under that name.
constexpr Pass kVsitr[] = {fixed("00"), fixed("ff"), fixed("00"), fixed("ff"), fixed("00"), fixed("ff"), fixed("aa")};

constexpr Method kMethods[] = {
    {"zero", Sentence::MethodZero, kZeroPass},
    {"one", Sentence::MethodOne, kOnePass},
    {"random", Sentence::MethodRandom, kKeyedPass},
    {"random-zero", Sentence::MethodRandomZero, kKeyedThenZero},
    {"dod-short", Sentence::MethodDodShort, kDodShort},
    {"dod", Sentence::MethodDod, kDod},
    {"gutmann", Sentence::MethodGutmann, kGutmann},
    {"bsi-2011-vs", Sentence::MethodBsi2011Vs, kBsi2011Vs},
    {"is5-baseline", Sentence::MethodIs5Baseline, kIs5Baseline},
    {"is5-enhanced", Sentence::MethodIs5Enhanced, kIs5Enhanced},
    {"schneier", Sentence::MethodSchneier, kSchneier},
    {"ops2", Sentence::MethodOps2, kOps2},
    {"vsitr", Sentence::MethodVsitr, kVsitr},
};

}  // namespace

std::span<const Method> methods() { return kMethods; }

const Method* method_named(std::string_view name) {
  for (const Method& method : kMethods)
    if (method.name == name) return &method;
  return nullptr;
}

MethodChoice choose_method(const DriveFacts& drive) {
  const bool is_bridged = drive.bus == Bus::Usb || drive.bus == Bus::Firewire || drive.bus == Bus::Thunderbolt;
  if (is_bridged) return {method_named("random"), {Sentence::KeyedOnBridge, {}}};
  if (drive.medium == Medium::Rotating || drive.kind == DriveKind::File || drive.kind == DriveKind::Loop)
    return {method_named("zero"), {Sentence::ZerosOnRotating, {}}};
  return {method_named("random"), {Sentence::KeyedOnFlash, {}}};
}

std::string content_name(const Pass& pass, std::size_t number) {
  switch (pass.kind) {
    case PassKind::Fixed:
      return (pass.hex.size() == 2 ? "constant-" : "repeating-") + std::string(pass.hex);
    case PassKind::Keyed:
      return "keyed-" + std::to_string(number);
    case PassKind::Character:
      return "character-" + std::to_string(number);
    case PassKind::Complement:
      break;
  }
  return "complement-" + std::to_string(pass.of);
}

}  // namespace relance
