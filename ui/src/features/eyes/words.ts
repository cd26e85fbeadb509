import { messages } from '../../i18n';

export const words = messages(
  {
    picture: 'Hình từ camera',
    opening: 'Đang mở camera…',
    card: 'Đưa mã QR trên thẻ vào khung. Máy tự đọc.',
    text: 'Đưa mã QR vào khung. Máy tự đọc.',
    found: 'Đã đọc được mã.',
    off: 'Camera đang tắt.',
    open: 'Mở camera',
    which: 'Camera',
    scannerReady: 'Máy quét đã sẵn sàng.',
  },
  {
    picture: 'Picture of the camera',
    opening: 'Opening the camera…',
    card: 'Hold the QR code of the card into the frame. It is read by itself.',
    text: 'Hold the QR code into the frame. It is read by itself.',
    found: 'The code was read.',
    off: 'The camera is off.',
    open: 'Open the camera',
    which: 'Camera',
    scannerReady: 'The hand scanner is ready.',
  },
);
