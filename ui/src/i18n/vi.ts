/**
 * The words, Vietnamese first; English (`en.ts`) must have the type of this file. One word for one thing: hồ sơ
 * (registration), chờ gửi (queue), xác nhận của thành phố (receipt), hộ / nhà (household), bản thông tin (notice),
 * mã công dân số (code), mã mở máy (PIN), máy (device), cán bộ phường/xã (coordinator). People press: bấm, never chạm.
 */

import { count } from '../shared/format';
import { codes } from './codes.vi';
import { register } from './register.vi';

const n = (value: number) => count(value, 'vi');

export const vi = {
  product: 'Từng Nhà',
  city: 'Thành phố Đà Nẵng',

  places: {
    label: 'Các mục chính',
    today: 'Hôm nay',
    register: 'Đăng ký',
    households: 'Hộ gia đình',
    queue: 'Chờ gửi',
    more: 'Mục khác',
    area: 'Địa bàn',
    attend: 'Cần xử lý',
    reports: 'Báo cáo',
  },

  frame: {
    skip: 'Đến nội dung chính',
    switchOperator: 'Đổi người',
    sun: 'Nắng',
    openQueue: 'Mở mục Chờ gửi',
    practice: 'LUYỆN TẬP',
    practiceHint: 'Đang luyện tập. Không có gì ở đây là thật.',
    practicePaper: 'LUYỆN TẬP – KHÔNG CÓ GIÁ TRỊ',
  },

  /** The truth about data, in the top line. Parts are joined with a middle dot. */
  truth: {
    online: 'Đang có mạng',
    offline: 'Chưa có mạng',
    portal: 'Wi-Fi này cần đăng nhập',
    clockWrong: (shown: string) => `Đồng hồ máy sai (${shown}). Đăng ký vẫn được; xin chỉnh lại giờ`,
    sending: (done: number, all: number) => `Đang gửi ${n(done)}/${n(all)} hồ sơ`,
    waiting: (waiting: number) => `${n(waiting)} hồ sơ chờ gửi`,
    nothingWaiting: 'không còn hồ sơ chờ gửi',
    safe: 'an toàn trên máy này',
    figuresAt: (time: string) => `Số liệu lúc ${time}`,
  },

  action: {
    next: 'Tiếp tục',
    back: 'Quay lại',
    save: 'Lưu',
    cancel: 'Thôi',
    close: 'Đóng',
    clear: 'Xóa',
    retry: 'Thử lại',
    search: 'Tìm',
    choose: 'Chọn',
    choosePicture: 'Chọn ảnh',
    find: 'Gõ để tìm',
    show: 'Xem',
    hide: 'Ẩn',
    erase: 'Xóa số cuối',
    capital: 'Chữ hoa',
  },

  steps: { label: 'Các bước', scan: 'Quét thẻ', compare: 'So lại', consent: 'Đồng ý', done: 'Xong', did: 'đã làm' },

  source: {
    label: 'Nguồn',
    scanned: 'quét',
    typed: 'nhập tay',
    edited: 'đã sửa',
    vneid: 'VNeID',
    birth_certificate: 'giấy khai sinh',
    by_heart: 'đọc số',
  },

  /** What became of a registration (state in words). */
  state: {
    draft: 'Đang làm dở',
    queued: 'Chờ gửi',
    received: 'Thành phố đã nhận',
    accepted: 'Đã có tài khoản',
    possible_duplicate: 'Có thể đã đăng ký trước đây',
    refused: 'Cần sửa',
    withdrawn: 'Đã đổi ý',
    discarded: 'Đã bỏ',
    quarantined: 'Tạm dừng gửi',
  },

  /** Whole sentences for what happened, what is safe, what to do. */
  situation: {
    recorded: 'Đã ghi nhận đăng ký. Thành phố sẽ kiểm tra rồi mới tạo tài khoản.',
    saved: 'Đã lưu an toàn trên máy. Máy sẽ tự gửi khi có mạng.',
    received: (time: string, date: string) => `Thành phố đã nhận lúc ${time}, ${date}. Đang kiểm tra.`,
    accepted: 'Đã tạo xong tài khoản công dân số.',
    possibleDuplicate:
      'Có thể đã đăng ký trước đây. Cán bộ phường/xã sẽ kiểm tra. Ông/bà không phải làm gì thêm.',
    refused: (why: string) => `Cần sửa: ${why} Bấm để xem cách sửa.`,
    refusedGone: (initials: string, where: string, why: string) =>
      `Cần đến lại: ${initials}, ${where}. ${why} Quét lại thẻ để sửa.`,
    quarantined: 'Hồ sơ tạm dừng gửi để kiểm tra. Dữ liệu vẫn còn nguyên.',
    captivePortal:
      'Wi-Fi này cần đăng nhập. Chưa gửi được hồ sơ nào; tất cả vẫn còn trên máy. Hãy đổi sang mạng khác.',
    sexDiffers:
      'Giới tính trên thẻ khác với số định danh. Xem lại thẻ; nếu thẻ ghi đúng như vậy, cứ tiếp tục.',
    vneidShown:
      'Đây là mã trong VNeID, máy không đọc được. Quét mã trên thẻ, hoặc bấm "Nhập theo VNeID".',
    diskNearlyFull:
      'Máy sắp hết chỗ. Hồ sơ này vẫn được lưu. Hãy gửi hoặc chép sang USB rồi mới đăng ký tiếp.',
    wrongPin: (left: number) =>
      `Mã mở máy chưa đúng. Còn ${n(left)} lần. Hết lượt thì nhờ cán bộ phường/xã; hồ sơ không mất.`,
    lostDevice: (phone: string) =>
      `Phường/xã đã khóa máy này. Hồ sơ chưa gửi vẫn còn và đã mã hóa. Nhặt được máy, xin gọi ${phone}.`,
    realCardInPractice:
      'Đây là thẻ thật. Máy đang ở chế độ luyện tập nên không lưu. Thoát luyện tập để đăng ký.',
    declined: 'Ông/bà không đồng ý. Máy xóa ngay thông tin vừa quét.',
  },

  when: {
    now: 'vừa xong',
    minutes: (minutes: number) => `${n(minutes)} phút trước`,
    today: (time: string) => `hôm nay ${time}`,
    yesterday: (time: string) => `hôm qua ${time}`,
    days: (days: number) => `${n(days)} ngày trước`,
    never: 'chưa bao giờ',
  },
  weekday: ['Chủ nhật', 'Thứ hai', 'Thứ ba', 'Thứ tư', 'Thứ năm', 'Thứ sáu', 'Thứ bảy'],

  count: {
    records: (records: number) => `${n(records)} hồ sơ`,
    people: (people: number) => `${n(people)} người`,
    houses: (houses: number) => `${n(houses)} nhà`,
    left: (left: number) => `còn ${n(left)} mục chưa chọn`,
    row: (row: number, all: number) => `${n(row)} trên ${n(all)}`,
  },

  pad: { label: 'Bàn phím số', digits: (digits: number) => `${n(digits)} số` },

  keys: { label: 'Chữ có dấu' },

  signature: {
    label: 'Ô ký tên',
    hint: 'Ký bằng ngón tay',
    again: 'Ký lại',
    cannot: 'Không ký được',
    signed: 'Đã ký',
    keyboard: 'Không ký bằng ngón tay được thì bấm "Không ký được".',
  },

  number: { hidden: (end: string) => `Số định danh, ba số cuối ${end}`, show: 'Xem đủ số', hide: 'Che bớt số' },

  loading: 'Đang mở…',
  noMatch: 'Không tìm thấy. Thử gõ ít chữ hơn.',
  messagesLabel: 'Thông báo',

  look: {
    title: 'Màn hình',
    theme: 'Ánh sáng',
    light: 'Sáng',
    sun: 'Ngoài nắng',
    dark: 'Tối',
    hand: 'Tay bấm',
    right: 'Tay phải',
    left: 'Tay trái',
    language: 'Ngôn ngữ',
  },

  unknownProblem: (code: string) =>
    `Có việc chưa làm được. Dữ liệu trên máy vẫn còn nguyên. Nếu gặp lại, xin báo cán bộ phường/xã mã này: ${code}.`,

  register,

  problems: {
    ...codes,
    // fields
    missing: 'Mục này còn trống.',
    problems: 'Còn mục cần xem lại. Bấm vào từng mục để sửa.',
    date_invalid: 'Ngày này không có thật. Gõ ngày/tháng/năm, hoặc chỉ năm nếu giấy tờ chỉ ghi năm.',
    birth_in_future: 'Ngày sinh không thể sau hôm nay.',
    birth_too_long_ago: 'Năm sinh quá xa. Xem lại giấy tờ.',
    name_invalid: 'Họ tên chỉ gồm chữ, dấu cách, dấu \' và dấu nối. Gõ như trên giấy tờ.',
    pin_invalid: 'Số định danh gồm đúng 12 chữ số.',
    number_and_no_number: 'Vừa có số vừa chọn "chưa có số". Giữ lại một.',
    type_twice: 'Gõ số lần thứ hai để chắc là đúng.',
    typed_differently: 'Hai lần gõ khác nhau. Nghe lại rồi gõ lại.',
    sex_invalid: 'Chọn Nam hoặc Nữ.',
    phone_invalid: 'Số điện thoại chưa đúng. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.',
    prefix_doubtful: 'Đầu số này ít gặp. Đọc lại số cho người dân nghe.',
    address_invalid: 'Địa chỉ có ký tự lạ. Gõ lại địa chỉ.',
    commune_unknown: 'Chọn phường/xã của ngày nay.',
    same_person: 'Người đại diện không thể là chính người được đăng ký.',
    representative_missing: 'Cần cha, mẹ hoặc người giám hộ.',
    notice_not_shown: 'Chưa đưa bản thông tin cho người dân xem.',
    unanswered: 'Còn mục chưa chọn.',
    indicator_invalid: 'Việc cần giúp này không có trong danh sách.',
    signature_empty: 'Chưa ký. Ký bằng ngón tay, hoặc bấm "Không ký được".',
    signature_too_long: 'Nét ký quá dài. Bấm "Ký lại" và ký gọn hơn.',
    witness_missing: 'Cần một thành viên Tổ khác làm chứng.',
    witness_is_operator: 'Người làm chứng phải là người khác, không phải người đang đăng ký.',
    text_too_long: 'Dòng này dài quá. Gõ ngắn lại.',
    // what the card said
    too_long: 'Mã này dài quá, không phải mã trên thẻ căn cước.',
    empty: 'Mã này không có chữ nào. Quét lại.',
    encoding_damaged: 'Chữ trên mã bị hỏng khi đọc. Quét lại; nếu dùng máy quét rời, tắt bộ gõ tiếng Việt.',
    input_method: 'Bộ gõ tiếng Việt đang bật nên chữ từ máy quét bị sai. Tắt bộ gõ (Unikey, EVKey) rồi quét lại.',
    fields_shifted: 'Mã đọc thiếu một phần. Quét lại thẻ.',
    truncated: 'Mã đọc bị cụt. Giữ thẻ yên rồi quét lại.',
    too_many_fields: 'Mã này không giống mã trên thẻ căn cước.',
    forbidden_characters: 'Mã này có ký tự lạ nên máy không nhận. Quét mã trên thẻ.',
    repaired: 'Chữ có dấu đã được sửa lại. So kỹ với thẻ.',
    app_copy: 'Đây là chữ chép từ ứng dụng. Xin xem thẻ.',
    field_count_unusual: 'Thẻ này ghi khác thường. So kỹ từng dòng.',
    old_id_invalid: 'Số chứng minh cũ trên mã không đúng dạng. Máy bỏ qua số này.',
    no_diacritics: 'Mã này mất dấu tiếng Việt. Gõ lại họ tên và địa chỉ như trên thẻ.',
    sex_mismatch:
      'Giới tính trên thẻ khác với số định danh. Xem lại thẻ; nếu thẻ ghi đúng như vậy, cứ tiếp tục.',
    birth_year_mismatch:
      'Năm sinh khác với số định danh. Xem lại thẻ; nếu thẻ ghi đúng như vậy, cứ tiếp tục.',
    place_code_unknown: 'Ba số đầu của số định danh ít gặp. Xem lại thẻ; nếu đúng, cứ tiếp tục.',
    vneid: 'Đây là mã trong VNeID, máy không đọc được. Quét mã trên thẻ, hoặc bấm "Nhập theo VNeID".',
    health_insurance: 'Đây là thẻ bảo hiểm y tế. Quét mã trên thẻ căn cước.',
    personal_qr: 'Đây là mã QR cá nhân. Quét mã trên thẻ căn cước.',
    not_a_card: 'Đây không phải mã trên thẻ căn cước.',
    real_card: 'Đây là thẻ thật. Máy đang ở chế độ luyện tập nên không lưu. Thoát luyện tập để đăng ký.',
    practice_person: 'Đây là người trong bài luyện tập, không đăng ký thật được.',
    // why the city refused
    name_mismatch: 'Họ tên chưa khớp dữ liệu dân cư.',
    birth_mismatch: 'Ngày sinh chưa khớp dữ liệu dân cư.',
    pin_unknown: 'Số định danh chưa có trong dữ liệu dân cư.',
    pin_missing: 'Hồ sơ còn thiếu số định danh.',
    notice_unknown: 'Bản thông tin không đúng. Xin người dân xem lại bản mới.',
    consent_incomplete: 'Còn thiếu ý kiến của người dân.',
    signature_missing: 'Còn thiếu chữ ký.',
    field_invalid: 'Một mục ghi chưa đúng.',
    code_taken: 'Mã công dân số này đã dùng cho hồ sơ khác. Máy sẽ cấp mã mới.',
    person_deceased: 'Dữ liệu dân cư ghi người này đã mất. Xin hỏi cán bộ phường/xã.',
    // opening the device
    wrong_pin: 'Mã mở máy chưa đúng. Hết lượt thì nhờ cán bộ phường/xã; hồ sơ không mất.',
    weak_pin: 'Mã này dễ đoán quá. Chọn mã khác.',
    pin_delay: 'Vừa gõ sai nhiều lần. Chờ một lát rồi gõ lại; hồ sơ không mất.',
    unknown_operator: 'Máy này chưa có tên người đó. Nhờ cán bộ phường/xã thêm vào.',
    revoked: 'Phường/xã đã khóa máy này. Hồ sơ chưa gửi vẫn còn và đã mã hóa.',
    in_use: 'Chương trình đang mở ở cửa sổ khác. Đóng cửa sổ kia rồi mở lại.',
    vault_unavailable: 'Máy chưa mở được nơi giữ khóa. Khởi động lại máy rồi thử lại; hồ sơ không mất.',
    secret_missing: 'Máy mất khóa riêng. Hồ sơ vẫn còn và đã mã hóa; xin báo cán bộ phường/xã.',
    secret_mismatch: 'Dữ liệu này thuộc về máy khác. Hồ sơ vẫn còn và đã mã hóa; xin báo cán bộ phường/xã.',
    newer_schema: 'Dữ liệu do bản mới hơn ghi. Cài bản mới rồi mở lại; hồ sơ vẫn còn nguyên.',
    damaged: 'Máy tìm thấy chỗ hỏng trong dữ liệu và đã giữ riêng ra, không xóa gì. Xin báo cán bộ phường/xã.',
    // keeping
    disk_full: 'Máy hết chỗ. Chưa lưu được. Hãy gửi hoặc chép sang USB, rồi bấm Lưu lại; trang này vẫn còn.',
    io: 'Chưa ghi được vào máy. Trang này vẫn còn; bấm lại lần nữa.',
    busy: 'Máy đang bận. Bấm lại sau vài giây.',
    declined: 'Ông/bà không đồng ý. Máy xóa ngay thông tin vừa quét.',
    not_found: 'Không còn hồ sơ này trên máy.',
    not_in_this_state: 'Việc này không làm được nữa vì hồ sơ đã sang bước khác. Mở lại hồ sơ để xem.',
    // sending
    unreachable: 'Chưa nối được với thành phố. Hồ sơ vẫn an toàn trên máy; máy sẽ tự gửi lại.',
    too_slow: 'Mạng chậm quá. Hồ sơ vẫn an toàn trên máy; máy sẽ tự gửi lại.',
    captive_portal:
      'Wi-Fi này cần đăng nhập. Chưa gửi được hồ sơ nào; tất cả vẫn còn trên máy. Hãy đổi sang mạng khác.',
    certificate: 'Mạng này không đáng tin. Chưa gửi hồ sơ nào; tất cả vẫn còn trên máy. Hãy đổi sang mạng khác.',
    tls: 'Mạng này không đáng tin. Chưa gửi hồ sơ nào; tất cả vẫn còn trên máy. Hãy đổi sang mạng khác.',
    upgrade_needed: 'Cần bản mới để gửi tiếp. Hồ sơ vẫn an toàn trên máy.',
    digest_conflict: 'Hồ sơ tạm dừng gửi để kiểm tra. Dữ liệu vẫn còn nguyên.',
    unreadable: 'Hồ sơ tạm dừng gửi để kiểm tra. Dữ liệu vẫn còn nguyên.',
    wrong_realm: 'Hồ sơ tạm dừng gửi để kiểm tra. Dữ liệu vẫn còn nguyên.',
    stale_base: 'Hồ sơ tạm dừng gửi để kiểm tra. Dữ liệu vẫn còn nguyên.',
    // taking a device in
    not_enrolled: 'Máy này chưa được phường/xã giao. Quét mã mời của cán bộ phường/xã.',
    invitation_used: 'Mã mời này đã dùng. Xin cán bộ phường/xã mã mới.',
    invitation_unknown: 'Mã mời này không đúng. Xem lại từng chữ.',
    invitation_expired: 'Mã mời này đã hết hạn. Xin cán bộ phường/xã mã mới.',
    // codes, pictures, paper
    code_mistyped: 'Mã công dân số gõ chưa đúng. Xem lại từng chữ.',
    code_length: 'Mã công dân số có 12 chữ và số. Đếm lại từng chữ.',
    not_our_code: 'Đây không phải mã hay thẻ công dân số. Quét mã QR trên thẻ, hoặc gõ mã in trên thẻ.',
    no_code: 'Không thấy mã trong ảnh. Chụp lại cho rõ, đủ bốn góc, không lóa.',
    code_character: 'Trong mã có chữ không dùng. Xem lại từng chữ.',
    not_a_picture: 'Tệp này không phải ảnh. Chọn ảnh chụp mã trên thẻ.',
    print_failed: 'Chưa in được. Hồ sơ vẫn còn; xem lại máy in rồi in lại.',
  },
};

export type Words = typeof vi;
