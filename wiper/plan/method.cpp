#include "wiper/plan/method.h"

#include "wiper/base/bytes.h"

namespace relance {
namespace {

constexpr Pass kZeroPass[] = {{PassKind::Constant, std::byte{0x00}}};
constexpr Pass kOnePass[] = {{PassKind::Constant, std::byte{0xFF}}};
constexpr Pass kKeyedPass[] = {{PassKind::Keyed, std::byte{0}}};

constexpr Method kMethods[] = {
    {"zero", Sentence::MethodZero, kZeroPass},
    {"one", Sentence::MethodOne, kOnePass},
    {"random", Sentence::MethodRandom, kKeyedPass},
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
  if (pass.kind == PassKind::Keyed) return "keyed-" + std::to_string(number);
  return "constant-" + to_hex(std::span(&pass.value, 1));
}

}  // namespace relance
