#include "wiper/crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <array>
#include <chrono>
#include <ctime>

#include "wiper/base/iso_time.h"
#include "wiper/base/result.h"

namespace relance::openssl {

void start() {
  // NO_ATEXIT: a thread that is stuck in a drive and wakes up while the program leaves must not find freed tables.
  static const int started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
  require(started == 1, "OpenSSL does not start");
  ERR_clear_error();
}

std::string reason() {
  const unsigned long last = ERR_peek_last_error();
  ERR_clear_error();
  if (last == 0) return "no reason given";
  std::array<char, 256> text{};
  ERR_error_string_n(last, text.data(), text.size());
  return text.data();
}

OwnedBio reader_of(std::span<const std::byte> bytes) {
  require(bytes.size() <= kLongestRead, "more bytes than OpenSSL reads at once");
  static constexpr char kNothing = 0;  // A null pointer is refused, an empty file is not an error here.
  OwnedBio bio(BIO_new_mem_buf(bytes.empty() ? &kNothing : static_cast<const void*>(bytes.data()),
                               static_cast<int>(bytes.size())));
  require(bio != nullptr, "no memory for a BIO");
  return bio;
}

Bytes written_to(BIO& memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(&memory, &text);
  const auto* first = reinterpret_cast<const std::byte*>(text);
  return size <= 0 ? Bytes{} : Bytes(first, first + size);
}

bool is_p256(EVP_PKEY* key) {
  if (key == nullptr || EVP_PKEY_is_a(key, "EC") != 1) return false;
  std::array<char, 64> curve{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &length) != 1) return false;
  int is_explicit = 0;
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
      is_explicit != 0)
    return false;
  return std::string_view(curve.data(), length) == "prime256v1";
}

OwnedTime time_from_seconds(std::int64_t seconds) {
  constexpr std::int64_t kFirst = -631152000;  // 1950-01-01
  std::string text = iso_time(seconds);
  if (seconds < kFirst || text == "?") return nullptr;
  std::erase_if(text, [](char letter) { return letter == '-' || letter == ':' || letter == 'T'; });
  OwnedTime time(ASN1_TIME_new());
  if (time == nullptr || ASN1_TIME_set_string_X509(time.get(), text.c_str()) != 1) return nullptr;
  return time;
}

bool seconds_from_time(const ASN1_TIME* time, std::int64_t& seconds) {
  using namespace std::chrono;
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return false;
  const year_month_day date{year(parts.tm_year + 1900), month(static_cast<unsigned>(parts.tm_mon + 1)),
                            day(static_cast<unsigned>(parts.tm_mday))};
  if (!date.ok()) return false;
  const sys_seconds moment =
      sys_days(date) + hours(parts.tm_hour) + minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
  seconds = moment.time_since_epoch().count();
  return true;
}

}  // namespace relance::openssl
