/** The notice as the ward gives it out, version 1. */

import type { NoticeText } from '../bindings';

export const NOTICE: NoticeText = {
  version: 1,
  vietnamese: `# Thông báo và xin đồng ý về dữ liệu cá nhân (bản 1)

UBND thành phố Đà Nẵng ([đơn vị, địa chỉ]) xin dùng thông tin của ông/bà để lập tài khoản công dân số.

**Ghi những gì:** số định danh, họ tên, ngày sinh, giới tính, địa chỉ, ngày cấp thẻ; nơi đang ở; số điện thoại (nếu ông/bà cho); lựa chọn và chữ ký dưới đây. Không chụp thẻ, không chụp mặt, không ghi vị trí.

**Ai xem:** thành viên Tổ khi đăng ký; cán bộ được giao việc của thành phố và phường/xã. Thông tin được đối chiếu với dữ liệu dân cư và hồ sơ đã đăng ký. Máy của Tổ xóa thông tin chậm nhất 72 giờ sau khi thành phố nhận xong.

**Giữ bao lâu:** [thời hạn].

**Ông/bà có quyền** không đồng ý, đổi ý bất cứ lúc nào, xem, sửa, xóa, khiếu nại: đến UBND phường/xã hoặc gọi [số]; được trả lời trong 2 ngày làm việc.

Không đồng ý thì vẫn làm thủ tục tại phường/xã như trước. Chúng tôi không thu tiền, không hỏi mật khẩu, mã OTP.

## Xin ông/bà chọn cho từng mục: Đồng ý / Không đồng ý

1. Lập và quản lý tài khoản công dân số cho tôi.
2. Gọi hoặc nhắn tin cho tôi để báo kết quả và hướng dẫn.
3. Cho phường/xã và Tổ biết tôi cần hướng dẫn việc gì, để đến giúp lần sau.

## Ký

- Người đăng ký: Tôi đã đọc, hoặc được đọc cho nghe, và tự nguyện chọn như trên.
- Trẻ em: Em đã được giải thích và đồng ý.
- Cha, mẹ hoặc người giám hộ: Tôi là cha/mẹ/người giám hộ của em … và đồng ý như trên.
`,
  english: `<!-- Translation for people who run or check the program. What residents agree to, and what is hashed, is the
Vietnamese text. -->

# Notice and consent about personal data (version 1)

The People's Committee of Đà Nẵng ([unit, address]) asks to use your information to make a digital-citizen account.

**What is recorded:** identification number, full name, date of birth, sex, address, issue date of the card; where you live now; phone number (if you give one); your choices and signature below. The card is not photographed, nor your face, and no location is recorded.

**Who sees it:** the team's member at registration; officials of the city and the ward or commune who were given the task. The information is compared with the population data and with registrations already made. The team's device erases it at the latest 72 hours after the city has taken it over.

**How long it is kept:** [period].

**You have the right** to refuse, to change your mind at any time, to see, correct, delete and complain: at the People's Committee of the ward or commune, or by calling [number]; you are answered within 2 working days.

If you refuse, you do your business at the ward or commune as before. We take no money and ask for no password and no OTP code.

## Please choose for each purpose: I agree / I do not agree

1. Make and manage a digital-citizen account for me.
2. Call or text me about the result and to guide me.
3. Let the ward or commune and the team know what I need help with, so that they can help next time.

## Signing

- The person registered: I have read this, or had it read to me, and chose as above of my own free will.
- A child: It was explained to me and I agree.
- Father, mother or guardian: I am the father/mother/guardian of … and agree as above.
`,
};
