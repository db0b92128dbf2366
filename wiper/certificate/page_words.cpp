#include "wiper/certificate/page_words.h"

#include "wiper/text/paper.h"

namespace relance {

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, "\u00A0");
  return text;
}

std::string hex_groups(const std::string& hex, std::size_t size) {
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += size) text += (at == 0 ? "" : " ") + hex.substr(at, size);
  return text;
}

std::string moment_words(Language language, const std::string& iso) {
  if (iso.size() != 20) return iso.empty() ? say(language, Sentence::NotStated) : iso;
  std::string months = say(language, PaperWord::Months);
  for (int month = (iso[5] - '0') * 10 + iso[6] - '0'; month > 1; --month) {
    const auto blank = months.find(' ');
    if (blank == std::string::npos) return iso;
    months.erase(0, blank + 1);
  }
  const std::string day = iso[8] == '0' ? iso.substr(9, 1) : iso.substr(8, 2);
  return say(language, PaperWord::MomentIs,
             {day, months.substr(0, months.find(' ')), iso.substr(0, 4), iso.substr(11, 5)});
}

}  // namespace relance
