// Goal: nothing that identifies a person passes the masks. Examples of the custom, then any text at all.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskAddress, maskName, maskPhone } from '#registry/masking.ts';

test.each([
  ['张三', '张*'],
  ['欧阳修', '欧**'],
  [' 李四 ', '李*'],
  ['张', '*'],
  ['𠮷野家', '𠮷**'],
  ['Ann Lee', 'A******'],
  ['', ''],
])('name %s is shown as %s', (name, masked) => {
  expect(maskName(name)).toBe(masked);
});

test('of any name one character is seen at most, and of a name of one none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const characters = [...name.trim()];
      const masked = [...maskName(name)];
      expect(masked).toHaveLength(characters.length);
      expect(masked.slice(1).every((character) => character === '*')).toBe(true);
      if (characters.length === 1) expect(masked).toEqual(['*']);
    }),
  );
});

test.each([
  ['13812341234', '138****1234'],
  ['+86 138-1234-1234', '138****1234'],
  ['0571-88881234', '057*****1234'],
  ['88881234', '******34'],
  ['12345', '*****'],
  ['ask the neighbour', ''],
])('phone %s is shown as %s', (phone, masked) => {
  expect(maskPhone(phone)).toBe(masked);
});

test('of any number at least four digits are hidden, or all of it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9 +()-]{0,20}$/), (phone) => {
      const digitCount = phone.replace(/\D/g, '').length;
      const masked = maskPhone(phone);
      expect(masked).toMatch(/^\d{0,3}\**\d{0,4}$/);
      expect(masked.split('*').length - 1).toBeGreaterThanOrEqual(Math.min(4, digitCount));
    }),
  );
});

test.each([
  ['文三路 12 号', '文三路 12 号'],
  ['文三路 12 号 3 幢 201 室', '文三路 12 号'],
  ['和平里七区16号楼2单元', '和平里七区'],
  ['Long Street 5, Building C, room 9', 'Long Street 5'],
  ['3幢201室', '*'],
])('street %s is shown as %s', (street, masked) => {
  expect(maskAddress({ street })).toBe(masked);
});

test('no room number passes, wherever it stands', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 100, max: 9999 }), (building, room) => {
      const masked = maskAddress({ street: `友谊路${building}幢${room}室` });
      expect(masked).toBe('友谊路');
    }),
  );
});
